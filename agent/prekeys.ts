import type { Clock } from '../shared/clock.ts'
import { randomId } from '../shared/clock.ts'
import { createPrekey, type PrekeyPair } from '../shared/envelope-keys.ts'
import { Fault } from '../shared/fault.ts'

/**
 * The keys that session keys are sealed to. They live in memory alone, are replaced every hour and
 * forgotten after two: whoever takes the agent's disk, or its identity key, opens none of the
 * traffic of yesterday. That holds also where no new one can be made: such an agent has nothing to
 * announce in the end, and gets no questions.
 */
export interface Prekeys {
  /**
   * The one to announce.
   * @throws Fault `internal` if it is too old and there is no other
   */
  newest(): PrekeyPair
  /** All that may still be in use, newest first. */
  held(): readonly PrekeyPair[]
  /** Forgets those whose time is over, and makes a new one if it is time; rejects if it cannot. */
  renew(): Promise<void>
}

export interface PrekeyParts {
  readonly clock: Clock
  readonly create?: typeof createPrekey
}

/** Milliseconds. */
const replacedAfter = 60 * 60_000
const forgottenAfter = 2 * 60 * 60_000

export async function createPrekeys({
  clock,
  create = createPrekey,
}: PrekeyParts): Promise<Prekeys> {
  const make = async () => ({ pair: await create(randomId(clock)), madeAt: clock.now() })
  let all = [await make()]
  let renewal: Promise<void> | undefined

  function held(): readonly PrekeyPair[] {
    const now = clock.now()
    all = all.filter(({ madeAt }) => now - madeAt < forgottenAfter)
    return all.map(({ pair }) => pair)
  }

  async function replace(): Promise<void> {
    const made = await make()
    all = [made, ...all]
  }

  return {
    held,
    newest: () => {
      const [newest] = held()
      if (newest === undefined) throw new Fault('internal', 'no prekey could be made for two hours')
      return newest
    },
    renew: async () => {
      held()
      const [newest] = all
      if (newest !== undefined && clock.now() - newest.madeAt < replacedAfter) return
      renewal ??= replace().finally(() => {
        renewal = undefined
      })
      await renewal
    },
  }
}
