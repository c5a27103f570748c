import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../../shared/clock.ts'
import { ended, endWithUs, freeze } from '../child-process.ts'
import { eventually } from '../eventually.ts'
import { preparedDomain, sambaEnvironment, writeSamba } from './files.ts'

// While a test file is loaded, for which there is no limit: on a busy machine it takes longer than the
// hooks that start servers may. In a whole run it has been made before.
await preparedDomain()

/** A domain controller of the test's own: Samba, with the people of `people.py`. */
export interface SambaServer extends AsyncDisposable {
  readonly address: string
  readonly ldapsUrl: string
  /** Not encrypted, unless by StartTLS. */
  readonly url: string
  readonly caFile: string
  readonly baseDn: string
  readonly serviceDn: string
  readonly servicePasswordFile: string
  readonly idOfOk: string
  /** Milliseconds since the epoch: what its people have to do by when counts from it. */
  readonly madeAt: number
  /** Ends it at once, as a crash would; `restart` brings it back. */
  kill(): Promise<void>
  restart(): Promise<void>
  /** It accepts connections from now on and answers nothing. */
  pause(): void
  resume(): void
}

/**
 * One for a whole test file.
 * @param options.own a domain of its own, which has no id in common with another; takes five seconds
 */
export async function startSamba(options: { own?: boolean } = {}): Promise<SambaServer> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-samba-'))
  const [two, three, four] = systemClock.randomBytes(3)
  // Its ports are fixed, so each has a loopback address of its own.
  const address = ['127', two, three, 1 + ((four ?? 0) % 254)].join('.')
  const files = await writeSamba(folder, { ...options, address })
  await chmod(join(folder, 'tls/key.pem'), 0o600)
  const start = async () => {
    const args = ['-F', '--no-process-group', '-M', 'single', '-s', files.settings]
    const child = spawn('samba', args, { env: sambaEnvironment, stdio: 'ignore' })
    endWithUs(child)
    try {
      await eventually(async () => {
        if (child.exitCode !== null) throw new Error(`samba ended at once; see ${folder}/samba.log`)
        await Promise.all([389, 636].map((port) => accepts(address, port)))
      })
    } catch (error) {
      // Left running it would hold up the whole run.
      await ended(child, 'SIGKILL')
      throw error
    }
    return child
  }
  let child: ChildProcess = await start()
  const kill = () => ended(child, 'SIGKILL')
  const baseDn = 'DC=lab,DC=test'
  return {
    ...files,
    address,
    ldapsUrl: `ldaps://${address}`,
    url: `ldap://${address}`,
    baseDn,
    serviceDn: `CN=svc-read,OU=Service,${baseDn}`,
    kill,
    restart: async () => {
      await kill()
      child = await start()
    },
    pause: () => freeze(child),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function accepts(address: string, port: number): Promise<void> {
  const socket = connect(port, address)
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
