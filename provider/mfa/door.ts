import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Challenges } from './challenges.ts'
import type { Factor, FactorMethod, Once, RegisteredFactor } from './factor.ts'
import type { FactorStore } from './factor-store.ts'
import type { GuessLimits } from './guess-limits.ts'
import type { KeptChallenge } from './kept-challenge.ts'
import type { FactorView, GivenAnswer } from './second-factors.ts'

/** What the door is made of, for `proving.ts` and `enrolling.ts`. */
export interface Door {
  readonly registered: FactorStore
  readonly challenges: Challenges
  readonly limits: GuessLimits
  readonly factors: ReadonlyMap<FactorMethod, Factor>
  /** Of any number of callers one gets `true`. */
  claim(once: Once): Promise<boolean>
  readonly clock: Clock
  readonly log: Logger
}

/** A challenge and the factor that gave it, if the answer is to it. */
export async function findChallenge(
  { challenges, factors }: Door,
  answer: GivenAnswer,
  purpose: KeptChallenge['purpose'],
): Promise<{ kept: KeptChallenge; factor: Factor } | undefined> {
  const kept = await challenges.find(answer.challenge)
  if (kept === undefined || kept.purpose !== purpose) return undefined
  if (kept.person !== undefined && kept.person.sub !== answer.sub) return undefined
  const factor = factors.get(kept.method)
  return factor === undefined ? undefined : { kept, factor }
}

/** What a person has of one method. */
export async function ofMethod(
  { registered }: Door,
  sub: string,
  method: FactorMethod,
): Promise<readonly RegisteredFactor[]> {
  return (await registered.list(sub)).filter((factor) => factor.method === method)
}

/** PURE. Without anything that is secret. */
export function viewOf({ data, ...factor }: RegisteredFactor): FactorView {
  const { left, ends } = data
  return {
    ...factor,
    ...(typeof left === 'number' && { left }),
    ...(typeof ends === 'number' && { ends }),
  }
}
