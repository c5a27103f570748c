import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { createChallenges } from './challenges.ts'
import { type Door, viewOf } from './door.ts'
import { begin, enrol, issuePass, nameIn } from './enrolling.ts'
import type { Factor } from './factor.ts'
import { createFactorStore } from './factor-store.ts'
import { createGuessLimits } from './guess-limits.ts'
import { prove } from './proving.ts'
import { forgetBrowsers } from './remembered-browsers.ts'
import type { Removal, SecondFactors } from './second-factors.ts'

/**
 * @param parts.store sealed
 * @param parts.factors each method that there is, once
 * @param parts.secrets 32 bytes each, of all provider processes; the first signs, any will do. Of this
 *   process alone unless given
 */
export function createSecondFactors(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  readonly factors: readonly Factor[]
  readonly secrets?: () => readonly [Buffer, ...Buffer[]]
}): SecondFactors {
  const { store, clock, log } = parts
  const own = clock.randomBytes(32)
  const { secrets = () => [own] } = parts
  const registered = createFactorStore({ store, clock })
  const limits = createGuessLimits({ store, clock })
  const door: Door = {
    registered,
    limits,
    challenges: createChallenges({ store, clock, secrets }),
    factors: new Map(parts.factors.map((factor) => [factor.method, factor])),
    claim: ({ name, remember }) => store.claim(`factor-once:${name}`, '', remember),
    clock,
    log,
  }

  return {
    of: async (sub) => (await registered.list(sub)).map(viewOf),
    begin: (asked) => begin(door, asked),
    prove: (answer) => prove(door, answer),
    enrol: (answer) => enrol(door, answer),
    issuePass: (person, pass) => issuePass(door, person, pass),
    rename: async (sub, id, typed) => {
      const name = nameIn(typed)
      return name !== undefined && registered.rename(sub, id, name)
    },
    remove: async (sub, id, { isNeeded }) => {
      const removal = await remove({ door, store }, { sub, id, isNeeded })
      // It may be the one that a browser is remembered for, and lost.
      if (removal === 'removed') await forgetBrowsers(store, sub)
      return removal
    },
    reset: async (sub) => {
      const all = await registered.list(sub)
      await forgetBrowsers(store, sub)
      for (const { id } of all) await registered.remove(sub, id)
      await limits.forget(sub)
      return all.length
    },
    takeNotice: (sub) => limits.takeNotice(sub),
  }
}

// Milliseconds: longer than a removal takes.
const removalTakes = 5_000

async function remove(
  { door, store }: { door: Door; store: Store },
  { sub, id, isNeeded }: { sub: string; id: string; isNeeded: boolean },
): Promise<Removal> {
  const { registered } = door
  const removal = async (): Promise<Removal> =>
    (await registered.remove(sub, id)) ? 'removed' : 'notThere'
  if (!isNeeded) return removal()
  // Two removals of two factors at once would each see the other's.
  const turn = `factor-removal:${sub}`
  if (!(await store.claim(turn, '', removalTakes))) return 'lastOne'
  const all = await registered.list(sub)
  const isLast = !all.some((factor) => factor.id !== id && isLasting.has(factor.method))
  const isThere = all.some((factor) => factor.id === id && isLasting.has(factor.method))
  const removed = isLast && isThere ? 'lastOne' : await removal()
  await store.delete(turn)
  return removed
}

// Recovery codes and passes are a way back to a factor, and none to sign in with every day.
const isLasting: ReadonlySet<string> = new Set(['passkey', 'totp'])
