/** PURE. Which agent gets a question, and what to do while it is not answered. */

/** How loaded this provider process keeps a live agent of the realm, as far as it knows. */
export interface Loaded {
  /** Questions this process has out with it. */
  readonly inFlight: number
  /** Milliseconds, smoothed. */
  readonly latency: number
}

// Deep enough that a burst waits a moment instead of being refused, shallow enough that the last
// in the queue is still answered before its deadline at usual directory speeds.
const queuedPerSlot = 8

/**
 * True if one more question would only wait for its deadline.
 * @param agent.limit how many it works on at once
 */
export function isFull(agent: { inFlight: number; limit: number }): boolean {
  return agent.inFlight >= agent.limit * queuedPerSlot
}

/**
 * The less loaded of two random agents ("power of two choices": spreads load almost as well as
 * asking all of them, and several providers with old knowledge do not all run to the same one).
 * Only those two are looked at, so that it costs the same however many there are.
 * @param random two numbers in [0, 1)
 */
export function choose(
  names: readonly string[],
  random: readonly [number, number],
  loadOf: (name: string) => Loaded,
): string | undefined {
  const at = Math.floor(random[0] * names.length)
  // Among the others: none is compared with itself.
  const other = Math.floor(random[1] * (names.length - 1))
  const first = names[at]
  const second = names[other < at ? other : other + 1]
  if (first === undefined || second === undefined) return first
  return cost(loadOf(second)) < cost(loadOf(first)) ? second : first
}

// The time the next question would take: everyone before it, and itself.
function cost({ inFlight, latency }: Loaded): number {
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
