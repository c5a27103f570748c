import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'

/**
 * Whom each agent has let in lately. If it turns out to lie, these are the people whose sign-ins
 * have to be looked at.
 */
export interface Successes {
  /** Costs the sign-in nothing: what comes within a second goes to the store together. */
  note(agent: string, success: Noted): void
  /**
   * @returns newest first, as `readSuccesses`, with what this process has not stored yet
   * @throws Fault `storeDown`
   */
  of(agent: string): Promise<readonly Success[]>
  /** Stores what is left. */
  stop(): Promise<void>
}

/** Somebody who was let in on an agent's word. */
export interface Success {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly realm: string
  readonly sub: string
  /** As in the sign-in log. */
  readonly reference: string
  readonly clientId: string
  /** Another agent that said the same, if two were asked. */
  readonly alsoBy?: string
}

export type Noted = Omit<Success, 'at'>

/** Milliseconds. What a process notes in this time is lost with it if it is killed. */
const gathered = 1_000

/** Milliseconds. */
const kept = 24 * 3_600_000

// Of each agent. A list in the store has so many batches, and no more people than this in one: so
// the newest thousand people are always there, and never more than ten thousand.
const batches = 1_000
const batchSize = 10
const mostWaiting = 10_000
const mostShown = 1_000

/** @param parts.store sealed: this is personal data */
export function createSuccesses(parts: { store: Store; clock: Clock; log: Logger }): Successes {
  const { store, clock, log } = parts
  let waiting = new Map<string, Success[]>()
  let timer: NodeJS.Timeout | undefined
  let under: Promise<void> = Promise.resolve()

  async function write(): Promise<void> {
    const taken = waiting
    waiting = new Map()
    const all = [...taken].flatMap(([agent, some]) =>
      cut(some).map((batch) => [agent, batch] as const),
    )
    const results = await Promise.allSettled(
      all.map(([agent, batch]) =>
        store.append(key(agent), JSON.stringify(batch), { max: batches, ttl: kept }),
      ),
    )
    for (const [index, result] of results.entries()) {
      const [agent, batch] = all[index] ?? ['', []]
      if (result.status === 'rejected') putBack(agent, batch, result.reason)
    }
  }

  function putBack(agent: string, batch: readonly Success[], thrown: unknown): void {
    const { code, message } = asFault(thrown)
    log.debug({ agent, faultCode: code, detail: message }, 'successes are kept for later')
    for (const success of batch) add(agent, success)
  }

  function add(agent: string, success: Success): void {
    const some = waiting.get(agent) ?? []
    some.push(success)
    // Only while there is no store, and then nobody can sign in either.
    if (some.length > mostWaiting) some.shift()
    waiting.set(agent, some)
    timer ??= setTimeout(() => void flush(), gathered).unref()
  }

  function flush(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    under = under.then(write)
    return under
  }

  return {
    note: (agent, success) => add(agent, { at: clock.now(), ...success }),
    of: async (agent) => {
      await flush()
      return readSuccesses(parts, agent)
    },
    stop: async () => {
      await flush()
      clearTimeout(timer)
    },
  }
}

/**
 * Whom an agent has let in within 24 hours, as far as any process has stored it: at most the
 * newest thousand, newest first.
 * @param parts.store sealed
 * @throws Fault `storeDown`
 */
export async function readSuccesses(
  { store, clock }: { readonly store: Store; readonly clock: Clock },
  agent: string,
): Promise<readonly Success[]> {
  const stored = await store.range(key(agent))
  return stored
    .flatMap((text) => decode(text))
    .filter(({ at }) => at > clock.now() - kept)
    .toSorted((one, other) => other.at - one.at)
    .slice(0, mostShown)
}

const key = (agent: string): string => `successes:${agent}`

function cut(all: readonly Success[]): Success[][] {
  const count = Math.ceil(all.length / batchSize)
  return Array.from({ length: count }, (_, n) => all.slice(n * batchSize, (n + 1) * batchSize))
}

const success: z.ZodType<Success> = z.strictObject({
  at: z.number(),
  realm: z.string(),
  sub: z.string(),
  reference: z.string(),
  clientId: z.string(),
  alsoBy: z.string().exactOptional(),
})

const decode: Decoder<readonly Success[]> = decoder('successes', z.array(success))
