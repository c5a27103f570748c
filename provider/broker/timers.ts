/** Timers that end together, and that keep no process alive. */
export interface Timers {
  /** Runs it once, after so many milliseconds, unless `stop` comes first. */
  after(milliseconds: number, run: () => void): void
  stop(): void
}

export function createTimers(): Timers {
  const running = new Set<NodeJS.Timeout>()
  let isStopped = false
  return {
    after: (milliseconds, run) => {
      if (isStopped) return
      const timer = setTimeout(
        () => {
          running.delete(timer)
          run()
        },
        Math.max(0, milliseconds),
      )
      running.add(timer.unref())
    },
    stop: () => {
      isStopped = true
      for (const timer of running) clearTimeout(timer)
      running.clear()
    },
  }
}
