import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'ldapts'
import { ended, endWithUs, freeze } from './child-process.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'
import { inSbin, monitorDn, monitorPassword, writeOpenldap } from './openldap-files.ts'
import { baseDn, password, serviceDn } from './openldap-people.ts'

/** An OpenLDAP of the test's own, on loopback, with the people of `openldap-people.ts`. */
export interface OpenldapServer extends AsyncDisposable {
  /** Not encrypted, unless by StartTLS. */
  readonly url: string
  readonly ldapsUrl: string
  /** Of the authority that its certificate comes from. */
  readonly caFile: string
  readonly baseDn: string
  readonly serviceDn: string
  readonly servicePasswordFile: string
  /** Of everybody but zoë. */
  readonly password: string
  readonly pid: number
  /** Ends it for good and removes its folder. */
  stop(): Promise<void>
  /** Ends it at once, as a crash would; `restart` brings it back. */
  kill(): Promise<void>
  /** Starts it anew with the same people on the same ports; ends it before if it still runs. */
  restart(): Promise<void>
  /** It accepts connections from now on and answers nothing. */
  pause(): void
  resume(): void
  /** How many binds it has answered since it started, our own questions left out. */
  binds(): Promise<number>
  /** How many connections it has, our own left out. */
  connections(): Promise<number>
  /** Each operation it has logged; only with the option `log`. */
  operations(): readonly Operation[]
}

/** One line of slapd's `stats` log. */
export interface Operation {
  /** Which connection. */
  readonly connection: string
  /** `BIND`, `SRCH`, `UNBIND`, `RESULT`, … */
  readonly kind: string
  readonly text: string
}

export interface OpenldapOptions {
  /** How many there are beside those with a name: `u000001`, `u000002`, … */
  readonly people?: number
  /** How many groups `crowded` is in. */
  readonly crowd?: number
  /** Keep a log of all operations, which costs time. */
  readonly log?: boolean
  /** Whom its certificate is for, as OpenSSL writes a subjectAltName; itself unless given. */
  readonly certificateFor?: string
}

export async function startOpenldap(options: OpenldapOptions = {}): Promise<OpenldapServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-openldap-'))
  const [files, port, tlsPort] = await Promise.all([
    writeOpenldap(folder, {
      people: options.people ?? 0,
      crowd: options.crowd ?? 0,
      certificateFor: options.certificateFor ?? 'DNS:localhost,IP:127.0.0.1',
    }),
    freePort(),
    freePort(),
  ])
  const url = `ldap://127.0.0.1:${port}`
  const ldapsUrl = `ldaps://127.0.0.1:${tlsPort}`
  const lines: string[] = []
  const start = async () => {
    const level = options.log ? '256' : '0'
    const args = ['-d', level, '-f', files.settings, '-h', `${url} ${ldapsUrl}`]
    const child = spawn('slapd', args, { ...inSbin, stdio: ['ignore', 'ignore', 'pipe'] })
    child.stderr.setEncoding('utf8').on('data', (text: string) => lines.push(text))
    await answering(child, [port, tlsPort], () => lines.join(''))
    return child
  }
  let child = await start()
  let ownBinds = 0
  const monitor = async (dn: string, attribute: string) => {
    ownBinds += 1
    return readMonitor(url, dn, attribute)
  }
  const kill = async () => {
    await ended(child, 'SIGKILL')
    ownBinds = 0
  }
  const stop = async () => {
    await kill()
    await rm(folder, { recursive: true, force: true })
  }

  return {
    url,
    ldapsUrl,
    ...files,
    baseDn,
    serviceDn,
    password,
    get pid() {
      return child.pid ?? -1
    },
    stop,
    kill,
    restart: async () => {
      await kill()
      child = await start()
    },
    pause: () => freeze(child),
    resume: () => void child.kill('SIGCONT'),
    binds: async () => (await monitor('cn=Bind,cn=Operations', 'monitorOpCompleted')) - ownBinds,
    connections: async () => (await monitor('cn=Current,cn=Connections', 'monitorCounter')) - 1,
    operations: () => operationsIn(lines.join('')),
    [Symbol.asyncDispose]: stop,
  }
}

/** One number of `cn=Monitor` (slapd-monitor(5)). */
async function readMonitor(url: string, dn: string, attribute: string): Promise<number> {
  const client = new Client({ url, timeout: 5_000 })
  try {
    await client.bind(monitorDn, monitorPassword)
    const found = await client.search(`${dn},cn=Monitor`, {
      scope: 'base',
      attributes: [attribute],
    })
    return Number(found.searchEntries[0]?.[attribute])
  } finally {
    await client.unbind()
  }
}

function operationsIn(log: string): Operation[] {
  const operation = /conn=(\d+) op=\d+ ([A-Z]+) ?(.*)/
  return log.split('\n').flatMap((line) => {
    const [, connection, kind, text] = operation.exec(line) ?? []
    return connection && kind ? [{ connection, kind, text: text ?? '' }] : []
  })
}

async function answering(
  child: ChildProcess,
  ports: readonly number[],
  output: () => string,
): Promise<void> {
  endWithUs(child)
  let failed: Error | undefined
  child.once('error', (error) => {
    failed = error
  })
  await eventually(async () => {
    if (failed) throw failed
    if (child.exitCode !== null) throw new Error(`slapd ended at once:\n${output()}`)
    await Promise.all(ports.map(accepts))
  })
}

async function accepts(port: number): Promise<void> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
