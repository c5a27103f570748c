import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs `postern …` to its end. One that does not end by itself is ended, and rejected. */
export function runPostern(
  args: readonly string[],
  options: { cwd?: string; uid?: number; input?: string } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const limits = { timeout: 20_000, killSignal: 'SIGKILL', encoding: 'utf8' } as const
    const { input, ...how } = options
    const child = execFile(
      process.execPath,
      [cli, ...args],
      { ...limits, ...how },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code
        if (typeof code === 'number') resolve({ code, stdout, stderr })
        else reject(new Error(`postern ${args.join(' ')} did not end:\n${stdout}${stderr}`))
      },
    )
    if (input !== undefined) child.stdin?.end(input)
  })
}
