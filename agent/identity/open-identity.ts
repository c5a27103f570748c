import { resolve } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Proxy } from '../../shared/proxy.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import type { AgentSettings } from '../settings.ts'
import { createCurrentIdentity } from './current-identity.ts'
import type { Identity } from './identity.ts'
import { settleIdentityFiles } from './identity-folder.ts'
import { createProviderClient } from './provider-client.ts'
import { type Renewal, startRenewal } from './renewal.ts'
import { readIdentity, type StoredIdentity } from './stored-identity.ts'

/** The identity of the settings, kept good for as long as it is open. */
export interface OpenIdentity extends Identity, Renewal {
  /** When its certificate ends, in milliseconds since the epoch. */
  certificateEnds(): number
}

/**
 * @throws Fault `settings` if there is none that is whole, or it is somebody else's
 */
export async function openIdentity(
  settings: AgentSettings,
  parts: { clock: Clock; log: Logger; folder: string; proxy?: Proxy | undefined },
): Promise<OpenIdentity> {
  const { clock, log, proxy } = parts
  const folder = resolve(parts.folder, settings.identityDirectory)
  await settleIdentityFiles(folder)
  const stored = await readIdentity(folder)
  refuseOther(settings, stored, folder)
  const { issuer, issuerCaFile } = settings
  const ca =
    issuerCaFile === undefined
      ? undefined
      : await readCertificate(resolve(parts.folder, issuerCaFile))
  const identity = createCurrentIdentity(stored, clock)
  const client = createProviderClient({ issuer, ca, proxy, clock })
  const certificateEnds = () => identity.stored().certificate.ends
  const renewal = startRenewal({ identity, folder, client, clock, log })
  return { ...identity, ...renewal, certificateEnds }
}

function refuseOther({ name, issuer }: AgentSettings, stored: StoredIdentity, folder: string) {
  const problem = (what: string, theirs: string, ours: string) =>
    new Fault(
      'settings',
      `${folder}: this is an identity ${what} ${theirs}, and the settings say ${ours}`,
    )
  const { certificate } = stored
  if (certificate.name !== name) throw problem('of the agent', certificate.name, name)
  if (stored.issuer !== issuer) throw problem('for', stored.issuer, issuer)
}
