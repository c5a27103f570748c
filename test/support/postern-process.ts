import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { ended, endWithUs, freeze } from './child-process.ts'
import { eventually } from './eventually.ts'

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

/** A `postern …` of its own, as an operator would start it. */
export interface PosternProcess extends AsyncDisposable {
  readonly pid: number
  /** Everything it has written to both outputs. */
  output(): string
  stdout(): string
  /** Resolves once the text is in the output; rejects with the output if it ends or is too late. */
  says(text: string, within?: number): Promise<void>
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  /** Sends SIGTERM, or another signal, and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  pause(): void
  resume(): void
}

export function startPostern(
  args: readonly string[],
  options: { env?: Record<string, string>; cwd?: string; program?: string } = {},
): PosternProcess {
  const child = spawn(process.execPath, [options.program ?? cli, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  })
  endWithUs(child)
  const written: { from: 'stdout' | 'stderr'; text: string }[] = []
  for (const from of ['stdout', 'stderr'] as const) {
    child[from].setEncoding('utf8').on('data', (text: string) => written.push({ from, text }))
  }
  const output = () => written.map(({ text }) => text).join('')
  const exited = once(child, 'close').then(([code, signal]) => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  const isRunning = () => child.exitCode === null && child.signalCode === null

  return {
    pid: child.pid ?? -1,
    output,
    stdout: () =>
      written
        .filter(({ from }) => from === 'stdout')
        .map(({ text }) => text)
        .join(''),
    says: async (text, within = 10_000) => {
      await eventually(async () => output().includes(text) || !isRunning(), { within })
      if (!output().includes(text)) throw new Error(`ended without "${text}":\n${output()}`)
    },
    exited,
    stop: async (signal = 'SIGTERM') => {
      if (isRunning()) {
        child.kill('SIGCONT')
        child.kill(signal)
      }
      return (await exited).code
    },
    // However a test ends: a process that is left holds up the end of the whole run.
    [Symbol.asyncDispose]: () => ended(child, 'SIGKILL'),
    pause: () => freeze(child),
    resume: () => child.kill('SIGCONT'),
  }
}
