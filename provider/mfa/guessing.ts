/**
 * PURE. Who may guess. The guesses of one person and method are a list that all processes append
 * to, each before it looks at the answer; the order in the list decides alike for everybody, so
 * that of any number of guesses at once five are looked at, whoever was asked.
 */
export type GuessEntry = Guess | Forgiven

export interface Guess {
  readonly id: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** What came before it, as its process saw it: for when the list has dropped that. */
  readonly before: Tally
}

/** It was no guess after all, or never looked at. */
export interface Forgiven {
  readonly forgiven: string
}

export interface Tally {
  /** Answers in a row that were looked at and not right, or not yet known to be. */
  readonly wrong: number
  /** When the last of them came, milliseconds since the epoch. */
  readonly last: number
}

export interface Judgement {
  readonly isLookedAt: boolean
  /** With this one, if it is looked at. */
  readonly tally: Tally
}

/** So many entries the list keeps. */
export const mostEntries = 1_000

/** After so many wrong answers in a row the password is asked for again. */
export const mostInARow = 10

const free = 5
const shortest = 10
const longest = 3_600

/** Seconds between the last of so many wrong answers and the next one: 10, 20, 40, to an hour. */
export function waitAfter(wrong: number): number {
  return wrong < free ? 0 : Math.min(shortest * 2 ** (wrong - free), longest)
}

/** Seconds from `now` until an answer is looked at; 0 if one is. */
export function waitLeft({ wrong, last }: Tally, now: number): number {
  return Math.max(0, Math.ceil((last - now) / 1000 + waitAfter(wrong)))
}

/** Of one that is in the list. One that the list has dropped already is not looked at. */
export function judge(entries: readonly GuessEntry[], id: string): Judgement {
  let tally = beginning(entries)
  for (const guess of counted(entries)) {
    const isLookedAt = waitLeft(tally, guess.at) === 0
    if (isLookedAt) tally = { wrong: tally.wrong + 1, last: guess.at }
    if (guess.id === id) return { isLookedAt, tally }
  }
  return { isLookedAt: false, tally }
}

/** After all of them. */
export function tallyOf(entries: readonly GuessEntry[]): Tally {
  return judge(entries, '').tally
}

function counted(entries: readonly GuessEntry[]): Guess[] {
  const forgiven = new Set(entries.flatMap((entry) => ('forgiven' in entry ? entry.forgiven : [])))
  return guesses(entries).filter(({ id }) => !forgiven.has(id))
}

// Otherwise whoever sends enough that is no guess, and is forgiven, makes the list drop the others.
function beginning(entries: readonly GuessEntry[]): Tally {
  const [first] = guesses(entries)
  return entries.length >= mostEntries && first !== undefined ? first.before : nothing
}

function guesses(entries: readonly GuessEntry[]): Guess[] {
  return entries.filter((entry) => 'id' in entry)
}

const nothing: Tally = { wrong: 0, last: 0 }
