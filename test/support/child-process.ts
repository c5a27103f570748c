import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A test run that is itself ended must leave nothing behind. */
export function endWithUs(child: ChildProcess): void {
  running.add(child)
  child.once('exit', () => running.delete(child))
}

/** Sends the signal, if the process is still there, and waits for its end. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
}

/**
 * Stops the process in the midst of whatever it does, and returns when it stands still: a signal
 * reaches a thread on another processor only after a moment, in which it may still answer.
 */
export function freeze(child: ChildProcess): void {
  child.kill('SIGSTOP')
  if (process.platform !== 'linux') return
  const wait = new Int32Array(new SharedArrayBuffer(4))
  for (let tries = 0; tries < 2_000 && !standsStill(child.pid ?? -1); tries += 1) {
    Atomics.wait(wait, 0, 0, 1)
  }
}

// proc(5): the state stands behind the name, which is in parentheses; T is stopped.
function standsStill(pid: number): boolean {
  const threads = readdirSync(`/proc/${pid}/task`)
  return threads.every((id) => {
    const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T')
  })
}
