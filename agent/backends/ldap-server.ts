import type { Clock } from '../../shared/clock.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { readSecretFile } from '../../shared/settings/secret-file.ts'
import { bind } from './ldap-bind.ts'
import { type ConnectOptions, connect } from './ldap-connect.ts'
import type { LdapConnection, Ran } from './ldap-connection.ts'
import type { LdapConnectionSettings } from './ldap-connection-settings.ts'
import { type Failure, failureOfCode } from './ldap-failure.ts'
import { LdapPool } from './ldap-pool.ts'

/** One server of a directory. */
export interface Server {
  readonly url: string
  /**
   * Connections of the service account. People are never bound on these: some directories make a
   * connection anonymous when a bind fails, others leave it what it was.
   */
  readonly searchers: LdapPool
  /** Connections on which people are bound, and on which nothing else is asked. */
  readonly binders: LdapPool
}

/** @param settings its file names are absolute */
export function createServer(
  url: string,
  settings: LdapConnectionSettings & Pick<ConnectOptions, 'lookup'>,
  clock: Clock,
): Server {
  const { caFile, idleTimeout, searchConnections, bindConnections } = settings
  const options: ConnectOptions = {
    ...settings,
    url,
    ca: async () => caFile && (await readCertificate(caFile)),
  }
  return {
    url,
    searchers: new LdapPool({
      size: searchConnections,
      open: () => connectServiceAccount(options, settings),
      idleTimeout,
      clock,
    }),
    binders: new LdapPool({
      size: bindConnections,
      open: () => connect(options),
      idleTimeout,
      clock,
    }),
  }
}

async function connectServiceAccount(
  options: ConnectOptions,
  { bindDn, bindPasswordFile }: LdapConnectionSettings,
): Promise<Ran<LdapConnection>> {
  const connected = await connect(options)
  if ('failure' in connected) return connected
  const connection = connected.value
  const failure = await bindServiceAccount(connection, { bindDn, bindPasswordFile })
  if (failure === undefined) return connected
  void connection.close()
  return { failure }
}

async function bindServiceAccount(
  connection: LdapConnection,
  { bindDn, bindPasswordFile }: Pick<LdapConnectionSettings, 'bindDn' | 'bindPasswordFile'>,
): Promise<Failure | undefined> {
  const { host } = connection
  const step = 'service bind'
  const refused = (detail: string): Failure => {
    return {
      step,
      reason: 'serviceAccount',
      detail: `${step}: ${detail} (${host})`,
      ofServer: true,
      lost: false,
    }
  }
  const password = await readSecretFile(bindPasswordFile).catch(() => undefined)
  if (password === undefined) return refused('bindPasswordFile cannot be read')
  const bound = await bind(connection, step, { dn: bindDn, password })
  if ('failure' in bound) return bound.failure
  const { code, policy } = bound.value
  if (code !== 0) return failureOfCode(code, { step, host })
  // Bound, but allowed nothing until its password is changed.
  return policy?.error === undefined ? undefined : refused(`password policy error ${policy.error}`)
}
