import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ended, endWithUs, freeze } from './child-process.ts'
import { eventually } from './eventually.ts'
import { freePort } from './free-port.ts'

/** A real HTTP proxy of the test's own, on loopback. */
export interface Tinyproxy extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Its connections come from here, so that a server can tell what did not go through it. */
  readonly address: string
  /** `host:port` of every tunnel that was asked for, oldest first. */
  tunnels(): readonly string[]
  kill(): Promise<void>
  /** Starts it anew on the same port; ends it before if it still runs. */
  restart(): Promise<void>
  /** It accepts connections from now on and answers nothing. */
  pause(): void
  resume(): void
}

export interface TinyproxyOptions {
  readonly username?: string
  readonly password?: string
  /** The only ports it connects to; all unless given. */
  readonly ports?: readonly number[]
}

const address = '127.0.0.2'

export async function startTinyproxy(options: TinyproxyOptions = {}): Promise<Tinyproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'postern-tinyproxy-'))
  const port = await freePort()
  const file = join(folder, 'tinyproxy.conf')
  const log = join(folder, 'tinyproxy.log')
  await writeFile(file, settings(port, log, options))
  let child = await running(file, log)
  const kill = () => ended(child, 'SIGKILL')

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    address,
    tunnels: () =>
      [...readFileSync(log, 'utf8').matchAll(/Request .*: CONNECT (\S+) HTTP/g)].map(
        ([, server = '']) => server,
      ),
    kill,
    restart: async () => {
      await kill()
      child = await running(file, log)
    },
    pause: () => freeze(child),
    resume: () => void child.kill('SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function settings(
  port: number,
  log: string,
  { username, password, ports = [] }: TinyproxyOptions,
): string {
  return [
    `Port ${port}`,
    'Listen 127.0.0.1',
    `Bind ${address}`,
    'Allow 127.0.0.1',
    'Timeout 60',
    'MaxClients 200',
    `LogFile "${log}"`,
    'LogLevel Info',
    ...(username === undefined ? [] : [`BasicAuth ${username} ${password}`]),
    ...ports.map((each) => `ConnectPort ${each}`),
    '',
  ].join('\n')
}

async function running(file: string, log: string): Promise<ChildProcess> {
  await rm(log, { force: true })
  const child = spawn('tinyproxy', ['-d', '-c', file], { stdio: 'inherit' })
  endWithUs(child)
  await eventually(() => readFileSync(log, 'utf8').includes('Accepting connections'))
  return child
}
