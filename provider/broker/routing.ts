/** PURE. Which agent gets a question, and what to do while it is not answered. */

/** A live agent of the realm, as loaded as this provider process knows. */
export interface Candidate {
  readonly name: string
  /** Questions this process has out with it. */
  readonly inFlight: number
  /** How many it works on at once. */
  readonly limit: number
  /** Milliseconds, smoothed. */
  readonly latency: number
}

// Deep enough that a burst waits a moment instead of being refused, shallow enough that the last
// in the queue is still answered before its deadline at usual directory speeds.
const queuedPerSlot = 8

/** True if one more question would only wait for its deadline. */
export function isFull(candidate: Candidate): boolean {
  return candidate.inFlight >= candidate.limit * queuedPerSlot
}

/**
 * The less loaded of two random candidates ("power of two choices": spreads load almost as well as
 * asking all of them, and several providers with old knowledge do not all run to the same one).
 * @param random two numbers in [0, 1)
 */
export function choose(
  candidates: readonly Candidate[],
  random: readonly [number, number],
): Candidate | undefined {
  const first = candidates[Math.floor(random[0] * candidates.length)]
  const others = candidates.filter((candidate) => candidate !== first)
  const second = others[Math.floor(random[1] * others.length)]
  if (first === undefined || second === undefined) return first
  return cost(second) < cost(first) ? second : first
}

// The time the next question would take: everyone before it, and itself.
function cost({ inFlight, latency }: Candidate): number {
  return (inFlight + 1) * Math.max(latency, 1)
}

export interface Waiting {
  readonly now: number
  readonly deadline: number
  /** Who has claimed the question, as the store says. */
  readonly claimedBy: string | undefined
  /** The store has lost nothing since the question was sent: unclaimed means unclaimed. */
  readonly storeRemembers: boolean
  /** Agents it was sealed for that may still answer: live, and able to open it. */
  readonly hopes: readonly string[]
  /** Live agents it was not sealed for yet. */
  readonly others: readonly string[]
}

export type Move = 'wait' | 'sendToAnother' | 'withdraw' | 'agentLost'

/**
 * What to do with a question that has no verdict yet. A claimed one is never sent again: its
 * agent may have asked the directory, and asking twice counts twice toward a lockout there.
 */
export function nextMove(waiting: Waiting): Move {
  const { now, deadline, claimedBy, storeRemembers, hopes, others } = waiting
  const timeIsUp = now >= deadline
  if (claimedBy !== undefined) {
    if (!hopes.includes(claimedBy)) return 'agentLost'
    return timeIsUp ? 'withdraw' : 'wait'
  }
  if (timeIsUp) return 'withdraw'
  // A store that was restarted knows of no claim, and there may have been one.
  if (!storeRemembers) return hopes.length > 0 ? 'wait' : 'agentLost'
  if (others.length > 0) return 'sendToAnother'
  return hopes.length > 0 ? 'wait' : 'withdraw'
}
