import { type Clock, randomId } from '../../shared/clock.ts'
import type { Store } from '../../shared/store.ts'
import { type FactorMethod, factorMethods } from './factor.ts'
import { type GuessEntry, judge, mostEntries, mostInARow, tallyOf, waitLeft } from './guessing.ts'
import type { GuessingNotice } from './second-factors.ts'

/** Counts the guesses of each person and method, in all processes together. */
export interface GuessLimits {
  /** Before an answer is looked at. @returns seconds to wait, if it must not be */
  take(sub: string, method: FactorMethod): Promise<TakenGuess | { readonly wait: number }>
  /** They were right: the next wrong answer is the first. */
  clear(sub: string, method: FactorMethod): Promise<void>
  /** Whether a password that was checked then does not do any more. Milliseconds since the epoch. */
  isPasswordSpent(sub: string, passwordAt: number): Promise<boolean>
  takeNotice(sub: string): Promise<GuessingNotice | undefined>
  /** Everything of a person. */
  forget(sub: string): Promise<void>
}

export interface TakenGuess {
  /** It was no guess. */
  forgive(): Promise<void>
  /** It was wrong. */
  settle(): Promise<WrongGuess>
}

export interface WrongGuess {
  /** Seconds until the next one. */
  readonly wait: number
  /** Ten in a row, or twenty. */
  readonly isTooMany: boolean
}

// Milliseconds.
const minute = 60_000
const day = 86_400_000
// A list without an entry for so long is forgotten.
const rememberGuesses = 30 * day
const rememberNotice = 400 * day

// How many may reach the list in a minute: reading it would be work that anybody can cause.
const mostInAMinute = 100

/** @param parts.store sealed */
export function createGuessLimits({ store, clock }: { store: Store; clock: Clock }): GuessLimits {
  const append = (key: string, entry: GuessEntry) =>
    store.append(key, JSON.stringify(entry), { max: mostEntries, ttl: rememberGuesses })
  const entriesOf = async (key: string) =>
    (await store.range(key)).map((text) => JSON.parse(text) as GuessEntry)

  async function note(sub: string, method: FactorMethod): Promise<void> {
    const at = clock.now()
    await store.set(spentKey(sub), String(at), rememberGuesses)
    const notice: GuessingNotice = { method, at }
    await store.set(noticeKey(sub), JSON.stringify(notice), rememberNotice)
  }

  return {
    take: async (sub, method) => {
      const key = guessesKey(sub, method)
      const before = tallyOf(await entriesOf(key))
      const wait = waitLeft(before, clock.now())
      if (wait > 0) return { wait }
      const inThisMinute = await store.count(minuteKey(sub, method), minute)
      if (inThisMinute > mostInAMinute) return { wait: minute / 1000 }
      const id = randomId(clock)
      await append(key, { id, at: clock.now(), before })
      const { isLookedAt, tally } = judge(await entriesOf(key), id)
      const forgive = () => append(key, { forgiven: id })
      if (!isLookedAt) {
        await forgive()
        return { wait: Math.max(1, waitLeft(tally, clock.now())) }
      }
      return {
        forgive,
        settle: async () => {
          const isTooMany = tally.wrong % mostInARow === 0
          if (isTooMany) await note(sub, method)
          return { wait: waitLeft(tally, clock.now()), isTooMany }
        },
      }
    },
    clear: async (sub, method) => {
      await store.delete(guessesKey(sub, method))
    },
    isPasswordSpent: async (sub, passwordAt) => {
      const spent = await store.get(spentKey(sub))
      return spent !== undefined && passwordAt <= Number(spent)
    },
    takeNotice: async (sub) => {
      const found = await store.take(noticeKey(sub))
      return found === undefined ? undefined : (JSON.parse(found) as GuessingNotice)
    },
    forget: async (sub) => {
      const lists = factorMethods.map((method) => guessesKey(sub, method))
      await Promise.all([...lists, spentKey(sub)].map((key) => store.delete(key)))
    },
  }
}

const guessesKey = (sub: string, method: FactorMethod): string => `factor-guesses:${method}:${sub}`
const minuteKey = (sub: string, method: FactorMethod): string => `factor-minute:${method}:${sub}`
const spentKey = (sub: string): string => `factor-password-spent:${sub}`
const noticeKey = (sub: string): string => `factor-notice:${sub}`
