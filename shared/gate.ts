/**
 * Lets a few through at a time and the others wait their turn. A hash takes memory by the
 * megabyte, so people who all sign in at nine must not hash all at once.
 *
 * @returns runs `work` when there is room; `undefined` if there was none until the signal came
 */
export function createGate(
  room: number,
): <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T | undefined> {
  const waiting = new Set<() => void>()
  let inside = 0

  function enter(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    if (inside < room) {
      inside += 1
      return Promise.resolve(true)
    }
    return new Promise((resolve) => {
      const leave = (): void => {
        waiting.delete(admit)
        resolve(false)
      }
      // The place of the one who goes is handed on: `inside` stays as it is.
      const admit = (): void => {
        signal.removeEventListener('abort', leave)
        resolve(true)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.add(admit)
    })
  }

  function exit(): void {
    const [next] = waiting
    if (next === undefined) {
      inside -= 1
      return
    }
    waiting.delete(next)
    next()
  }

  return async (signal, work) => {
    if (!(await enter(signal))) return undefined
    try {
      return await work()
    } finally {
      exit()
    }
  }
}
