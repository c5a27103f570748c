import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A process that says in one line of JSON that it is ready. */
export interface AnnouncedProcess<T> extends AsyncDisposable {
  readonly pid: number
  readonly announced: T
}

/** Bare oidc-provider. */
export function startBare(): Promise<AnnouncedProcess<{ issuer: string }>> {
  return startAnnounced(['test/bench/bare-provider.ts'])
}

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param args of `node`, in the root of the repository; resolves once it has announced itself */
export async function startAnnounced<T>(args: readonly string[]): Promise<AnnouncedProcess<T>> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'exit')
  const announced = await Promise.race([firstObject(createInterface(child.stdout)), ended])
  if (Array.isArray(announced)) throw new Error(`${args.join(' ')} ended at once:\n${errors}`)
  child.stdout.resume()
  return {
    pid: child.pid ?? -1,
    announced: announced as T,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await ended
      process.removeListener('exit', kill)
    },
  }
}

async function firstObject(lines: AsyncIterable<string>): Promise<object> {
  for await (const line of lines) {
    if (line.startsWith('{')) return JSON.parse(line) as object
  }
  return new Promise(() => {})
}
