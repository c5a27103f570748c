/** PURE. Which live agents are left alone for a while because others of the realm do better. */

/** How one agent has done lately for one realm. */
export interface Standing {
  /** Questions in a row that it could not answer. */
  readonly failures: number
  /** How often it was left alone without doing well for long in between. */
  readonly times: number
  readonly isOut: boolean
  /** Milliseconds since the epoch at which one question may try it out. */
  readonly until: number
}

export const untroubled: Standing = { failures: 0, times: 0, isOut: false, until: 0 }

/** This many in a row: one person with a broken entry, or one lost connection, says little. */
const tolerated = 3

// Milliseconds. Doubled each time, up to the longest; whoever did well for the longest time begins
// anew.
const shortest = 5_000
const longest = 120_000

/** True if it is worth sending to in place of one that does badly. */
export function doesWell({ isOut, failures }: Standing): boolean {
  return !isOut && failures < tolerated
}

/** @param othersDoWell whether any other live agent of the realm does; the last one stays in */
export function afterFailure(before: Standing, now: number, othersDoWell: boolean): Standing {
  const failures = before.failures + 1
  // Questions that were on their way when it was left alone tell nothing new.
  if (before.isOut && now < before.until) return { ...before, failures }
  if (failures < tolerated || !(othersDoWell || before.isOut)) return { ...before, failures }
  const isRepeated = before.isOut || now - before.until < longest
  const times = isRepeated ? before.times + 1 : 1
  const duration = Math.min(longest, shortest * 2 ** (times - 1))
  return { failures, times, isOut: true, until: now + duration }
}

/** @returns back in, whether it was tried out or had a question left from before */
export function afterSuccess(before: Standing, now: number): Standing {
  const until = before.isOut ? now : before.until
  return { ...before, failures: 0, isOut: false, until }
}

/** An agent that could be sent to. */
export interface Judged {
  readonly standing: Standing
  /** A question that tries it out is under way. */
  readonly isOnTrial: boolean
}

/**
 * Those of the agents to choose from: one whose time alone is over gets the next question, and
 * only that; otherwise those that are in; and everybody if nobody does well, since then being left
 * alone says nothing.
 */
export function worthAsking<T extends Judged>(agents: readonly T[], now: number): readonly T[] {
  const onTrial = agents.find(
    ({ standing, isOnTrial }) => standing.isOut && standing.until <= now && !isOnTrial,
  )
  if (onTrial !== undefined) return [onTrial]
  const within = agents.filter(({ standing }) => !standing.isOut)
  return within.some(({ standing }) => doesWell(standing)) ? within : agents
}
