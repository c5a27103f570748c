import type { Clock } from '../shared/clock.ts'
import { randomId } from '../shared/clock.ts'
import { createPrekey, type PrekeyPair } from '../shared/envelope-keys.ts'

/**
 * The keys that session keys are sealed to. They live in memory alone, are replaced every hour and
 * forgotten after two: whoever takes the agent's disk, or its identity key, opens none of the
 * traffic of yesterday.
 */
export interface Prekeys {
  /** The one to announce. */
  newest(): PrekeyPair
  /** All that may still be in use, newest first. */
  held(): readonly PrekeyPair[]
  /** Makes a new one if it is time, and forgets those whose time is over. */
  renew(): Promise<void>
}

/** Milliseconds. */
const replacedAfter = 60 * 60_000
const forgottenAfter = 2 * 60 * 60_000

export async function createPrekeys(clock: Clock): Promise<Prekeys> {
  let held = [await make(clock)]
  let renewal: Promise<void> | undefined

  async function replace(): Promise<void> {
    held = [await make(clock), ...held]
  }

  return {
    newest: () => held[0]?.pair as PrekeyPair,
    held: () => held.map(({ pair }) => pair),
    renew: async () => {
      const now = clock.now()
      held = held.filter(({ madeAt }, index) => index === 0 || now - madeAt < forgottenAfter)
      if (now - (held[0]?.madeAt ?? 0) < replacedAfter) return
      renewal ??= replace().finally(() => {
        renewal = undefined
      })
      await renewal
    },
  }
}

async function make(clock: Clock): Promise<{ pair: PrekeyPair; madeAt: number }> {
  return { pair: await createPrekey(randomId(clock)), madeAt: clock.now() }
}
