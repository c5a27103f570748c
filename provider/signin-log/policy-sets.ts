import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'
import type { JudgedPolicy } from './access-entry.ts'

/**
 * The policies that were asked, applying or not, so that a report can also count the sign-ins that
 * one did not touch. The same list stands behind thousands of sign-ins: it is kept once, and each
 * record has its name.
 */
export interface PolicySets {
  /** `undefined` for none. */
  nameOf(judged: readonly Listed[]): string | undefined
  /** Stores what is new. @throws Fault `storeDown` */
  save(): Promise<void>
}

export type Listed = Pick<JudgedPolicy, 'policy' | 'state'>

const day = 86_400_000

/** Lists there can be before those of earlier are forgotten, and stored anew if they come back. */
const most = 100

/** @param parts.ttl milliseconds that a list is kept after it was last needed, and up to a day more */
export function createPolicySets(parts: {
  readonly store: Store
  readonly clock: Clock
  readonly ttl: number
}): PolicySets {
  const { store, clock, ttl } = parts
  const known = new Map<
    string,
    { readonly text: string; readonly list: readonly Listed[]; stored: number }
  >()
  let last: { readonly name: string; readonly list: readonly Listed[] } | undefined

  function add(judged: readonly Listed[]): string {
    const list = judged.map(({ policy, state }) => ({ policy, state }))
    const text = JSON.stringify(list)
    const name = createHash('sha256').update(text).digest('base64url').slice(0, 16)
    if (known.size >= most) known.clear()
    if (!known.has(name)) known.set(name, { text, list, stored: Number.NEGATIVE_INFINITY })
    last = { name, list }
    return name
  }

  return {
    nameOf: (judged) => {
      if (judged.length === 0) return undefined
      // Thousands of policies need not be hashed at each sign-in.
      return last !== undefined && isSame(last.list, judged) ? last.name : add(judged)
    },
    save: async () => {
      const now = clock.now()
      const due = [...known].filter(([, { stored }]) => stored <= now - day)
      await Promise.all(due.map(([name, { text }]) => store.set(key(name), text, ttl + 2 * day)))
      for (const [, set] of due) set.stored = now
    },
  }
}

function isSame(one: readonly Listed[], other: readonly Listed[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ policy, state }, at) => policy === other[at]?.policy && state === other[at].state)
  )
}

/**
 * The lists of these names; one that is gone is left out.
 * @param store sealed
 * @throws Fault `storeDown`
 */
export async function readPolicySets(
  store: Store,
  names: readonly string[],
): Promise<ReadonlyMap<string, readonly Listed[]>> {
  const found = await Promise.all(names.map((name) => store.get(key(name))))
  return new Map(
    found.flatMap((text, at) => (text === undefined ? [] : [[names[at] ?? '', decode(text)]])),
  )
}

const key = (name: string): string => `policy-set:${name}`

const decode: Decoder<readonly Listed[]> = decoder(
  'list of policies',
  z.array(z.strictObject({ policy: z.string(), state: z.string() })),
)
