import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { Store } from '../../shared/store.ts'
import { factsOf, type Past } from './facts.ts'
import { createHistory, type History } from './history.ts'
import { lessonsOf } from './lessons.ts'
import type { AskedModule } from './module.ts'
import type { RiskPlace } from './place.ts'
import { higher, type MoreReasons, type RiskScore, score } from './score.ts'
import type { RiskQuestion } from './signal.ts'

/**
 * Risk: how unusual a sign-in is, and how likely it is that somebody else has the password. A sum of
 * points for facts at hand (`rules.ts`), so that each level can be explained. Policies say what
 * follows; as long as none of them asks, nothing is measured, remembered or looked up.
 */
export interface Risk {
  isAsked(): boolean
  /** For each password that a directory has answered for. Never fails: the log says if it did. */
  tried(attempt: TriedPassword): Promise<void>
  /** Before policies are asked. @throws Fault as the store does */
  measure(arrival: Arrival): Promise<Measured>
  /** Without a sign-in, and without what a module might say. @throws Fault as the store does */
  userNow(person: Pick<Arrival, 'sub' | 'names' | 'passwordChangedAt'>): Promise<RiskScore>
  /** They say of a sign-in that it was not theirs. Never fails: the log says if it did. */
  disowned(sub: string): Promise<void>
  /** Somebody was let in: their browser and place are known from now on, if nothing was unusual. */
  letIn(measured: Measured, how: LetIn): Promise<void>
}

export interface TriedPassword {
  readonly realm: string
  readonly username: string
  readonly address: string
  readonly outcome: Outcome['name']
  /** Who it was, if it was right. */
  readonly sub?: string
  /** It was changed into another one. */
  readonly changed: boolean
}

/** Somebody whose password was right, now or when their session began. */
export interface Arrival extends Omit<RiskQuestion, 'signal' | 'facts' | 'country' | 'at'> {
  /** What the browser is called, if it has been seen before. */
  readonly device?: string
  /** The browser's session, by the name that stays. */
  readonly session: string
  /** Milliseconds since the epoch, where the directory tells. */
  readonly passwordChangedAt?: number
}

export interface Measured {
  readonly arrival: Arrival
  /** `undefined` is unknown: a module did not say. */
  readonly signIn: RiskScore | undefined
  readonly user: RiskScore | undefined
  readonly at: number
  readonly place: RiskPlace
  readonly past: Past
}

export interface LetIn {
  /** What the browser is called now. */
  readonly device: string
  readonly secondFactor: boolean
}

export interface RiskParts {
  /** Sealed. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  /** Whether a policy has a condition on risk. */
  readonly isAsked: () => boolean
  readonly placeOf: (address: string) => RiskPlace
  readonly module?: Pick<AskedModule, 'ask'>
}

export function createRisk(parts: RiskParts): Risk {
  const history = createHistory(parts.store, parts.clock)
  return {
    isAsked: parts.isAsked,
    tried: (attempt) =>
      unlessItFails(parts, 'a password that was tried does not count for risk', () =>
        note(history, attempt),
      ),
    disowned: (sub) =>
      unlessItFails(parts, 'a sign-in that was not theirs does not count for risk', () =>
        history.disowned(sub),
      ),
    measure: (arrival) => measure(parts, history, arrival),
    userNow: async ({ passwordChangedAt = 0, ...person }) => {
      const past = await history.read(person)
      const changedAt = Math.max(passwordChangedAt, past.changedAt ?? 0)
      const moment = { at: parts.clock.now(), place: {}, isFresh: false }
      return score(factsOf({ ...past, changedAt }, moment)).user
    },
    letIn: (measured, how) => learn(history, measured, how),
  }
}

/** Nothing is remembered as long as no policy asks. */
async function unlessItFails(
  { isAsked, log }: Pick<RiskParts, 'isAsked' | 'log'>,
  otherwise: string,
  remember: () => Promise<void>,
): Promise<void> {
  if (!isAsked()) return
  try {
    await remember()
  } catch (err) {
    log.warn({ err }, otherwise)
  }
}

async function note(history: History, attempt: TriedPassword): Promise<void> {
  const { outcome, address, sub, changed } = attempt
  if (outcome === 'ok' && changed && sub !== undefined) await history.passwordChanged(sub)
  if (outcome === 'unknownUser') await history.refusedAt(address)
  if (outcome === 'wrongPassword') {
    await Promise.all([history.refusedAt(address), history.wrongPassword(attempt)])
  }
  if (outcome === 'accountLocked') {
    await Promise.all([history.refusedAt(address), history.locked(attempt)])
  }
}

async function measure(
  { clock, placeOf, module }: RiskParts,
  history: History,
  arrival: Arrival,
): Promise<Measured> {
  const { session, device: _device, passwordChangedAt = 0, ...asked } = arrival
  const [at, place] = [clock.now(), arrival.address === undefined ? {} : placeOf(arrival.address)]
  const country = place.country !== undefined && { country: place.country }
  const [remembered, before] = await Promise.all([
    history.read({ ...arrival, ...country }),
    arrival.isFresh ? undefined : history.sessionBeganWith(session),
  ])
  const changedAt = Math.max(passwordChangedAt, remembered.changedAt ?? 0)
  const past = { ...remembered, changedAt }
  const facts = factsOf(past, { at, place, isFresh: arrival.isFresh })
  const more: MoreReasons | undefined = module
    ? await module.ask({ ...asked, ...country, at, facts })
    : { signIn: [], user: [] }
  const now = score(facts, more)
  // Whoever came in by an unusual sign-in stays unusual: from where they are now on, and with a
  // browser that is known by now, it would look like any other.
  const signIn = higher(now.signIn, before)
  if (arrival.isFresh) await begin(history, arrival, signIn)
  const known =
    more === undefined ? { signIn: undefined, user: undefined } : { signIn, user: now.user }
  return { arrival, ...known, at, place, past }
}

async function begin(history: History, arrival: Arrival, signIn: RiskScore): Promise<void> {
  const { level } = signIn
  const isUnusual = level === 'medium' || level === 'high'
  await Promise.all([
    history.sessionBegan(arrival.session, signIn),
    isUnusual ? history.unusual(arrival.sub, level) : undefined,
  ])
}

async function learn(
  history: History,
  { arrival, signIn, ...moment }: Measured,
  { device, secondFactor }: LetIn,
): Promise<void> {
  const { sub, isFresh } = arrival
  const lessons = lessonsOf({ ...moment, isFresh, level: signIn?.level, secondFactor })
  if (lessons === undefined) return
  const { country, last } = lessons
  const { country: name } = moment.place
  await Promise.all([
    history.saw('device', device, { sub, ...lessons.device }),
    country && name !== undefined ? history.saw('country', name, { sub, ...country }) : undefined,
    last && history.wasAt(sub, last),
  ])
}
