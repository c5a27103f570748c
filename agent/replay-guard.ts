/**
 * Request ids this agent has seen. The claim in the store stops repetitions as well, but whoever
 * owns the store can delete a claim and play the question again: a password that was right would
 * be tried once more, and a wrong one would count twice toward the person's lockout.
 */
export interface ReplayGuard {
  /**
   * True the first time an id is shown, false ever after.
   * @param expires of the question, milliseconds since the epoch; afterwards its age refuses it
   */
  isFirst(id: string, expires: number, now: number): boolean
}

const sweepEvery = 1_000

export function createReplayGuard(): ReplayGuard {
  const seen = new Map<string, number>()
  let shown = 0

  function sweep(now: number): void {
    for (const [id, expires] of seen) if (expires <= now) seen.delete(id)
  }

  return {
    isFirst: (id, expires, now) => {
      shown += 1
      if (shown % sweepEvery === 0) sweep(now)
      if (seen.has(id)) return false
      seen.set(id, expires)
      return true
    },
  }
}
