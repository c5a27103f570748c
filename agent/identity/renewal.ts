import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import type { EnrolmentAnswer, EnrolmentRefusal } from '../../shared/enrolment.ts'
import { asFault, Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import type { CurrentIdentity } from './current-identity.ts'
import type { ProviderClient, Said } from './provider-client.ts'
import { createReport, type Report } from './report.ts'
import { endWarning, nextAsk, type Standing, wantsCertificate } from './schedule.ts'
import { createSigningRequest } from './signing-request.ts'
import { takeAnswer } from './take-answer.ts'

/** Keeps a running agent's certificate good, and learns of the provider's keys. */
export interface Renewal {
  /** Rejects with Fault `notOurs` once the provider says that the agent is no agent any more. */
  readonly failed: Promise<never>
  /** Settles when the provider has been asked for the first time; rejects as `failed` does. */
  readonly asked: Promise<void>
  /**
   * Asks the provider how things are before it is due.
   * @param unlessWithin milliseconds: not if it has been asked so short a time ago
   */
  refresh(unlessWithin?: number): void
  /**
   * Milliseconds that our clock was ahead of the provider's, less than 0 behind it, when it answered
   * last; `undefined` before. What the way may have taken is left out.
   */
  clockAhead(): number | undefined
  stop(): Promise<void>
}

export interface RenewalParts {
  readonly identity: CurrentIdentity
  readonly folder: string
  readonly client: ProviderClient
  readonly clock: Clock
  readonly log: Logger
  /** Waits; rejects when it is told to stop. Only tests have one of their own. */
  readonly wait?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>
}

export function startRenewal(parts: RenewalParts): Renewal {
  const { clock } = parts
  const wait = parts.wait ?? ((milliseconds, signal) => sleep(milliseconds, undefined, { signal }))
  const stopped = new AbortController()
  const report = createReport(parts)
  const asking = createAsking(parts, report)
  let woken = new AbortController()
  let askedAt = Number.NEGATIVE_INFINITY

  async function pause(): Promise<void> {
    const signal = AbortSignal.any([stopped.signal, woken.signal])
    await wait(asking.pause(), signal).catch((thrown: unknown) => {
      if (!signal.aborted) throw thrown
    })
    woken = new AbortController()
  }

  async function askOnce(): Promise<void> {
    askedAt = clock.now()
    await asking.ask()
    report.end(endWarning(asking.standing(), clock.now()))
  }

  async function run(): Promise<void> {
    await asked
    while (!stopped.signal.aborted) {
      await pause()
      if (!stopped.signal.aborted) await askOnce()
    }
  }

  const asked = askOnce()
  const running = run()
  const failed = running.then(() => new Promise<never>(() => undefined))
  // Whoever starts an agent need not wait for its end.
  failed.catch(() => undefined)
  asked.catch(() => undefined)
  return {
    failed,
    asked,
    clockAhead: () => asking.clockAhead(),
    refresh: (unlessWithin = 0) => {
      if (clock.now() - askedAt >= unlessWithin) woken.abort()
    },
    stop: async () => {
      stopped.abort()
      await running.catch(() => undefined)
    },
  }
}

const revoked = 'this agent has been revoked; `postern agent enrol --force` makes a new one of it'

// Milliseconds for which a provider refuses before it is taken at its word.
const refusedFor = 15 * 60_000

interface Asking {
  /** Rejects with Fault `notOurs` alone. */
  ask(): Promise<void>
  standing(): Standing
  clockAhead(): number | undefined
  /** Milliseconds until the next question. */
  pause(): number
}

function createAsking(parts: RenewalParts, report: Report): Asking {
  const { identity, client, clock, folder } = parts
  // Assumed until the provider has said it: a certificate without realms is that of a pending agent.
  let state: Standing['state'] =
    identity.stored().certificate.realms.length > 0 ? 'approved' : 'pending'
  let realms: readonly string[] | undefined
  let failures = 0
  let chance = fraction(clock)
  let hasJustRenewed = false
  let clockAhead: number | undefined
  const patience = createPatience(parts)

  function standing(): Standing {
    const { starts, ends, realms: certified } = identity.stored().certificate
    const realmsDiffer = realms !== undefined && !sameNames(certified, realms)
    return { state, certificateBegins: starts, certificateEnds: ends, realmsDiffer, failures }
  }

  async function askOnce(): Promise<void> {
    const present = identity.stored()
    const wants = wantsCertificate(standing(), clock.now(), chance)
    const request = wants ? await createSigningRequest() : undefined
    const began = clock.now()
    const answer = accepted(await client.renew(present, request))
    clockAhead = aheadOf(answer.serverTime, began, clock.now())
    if (answer.state === 'revoked') throw new Fault('notOurs', revoked)
    const next = await takeAnswer(folder, present.issuer, answer, request ?? present)
    identity.use(next)
    hasJustRenewed = next.certificatePem !== present.certificatePem
    if (hasJustRenewed) chance = fraction(clock)
    state = answer.state
    realms = state === 'pending' ? undefined : answer.realms
    report.answered(answer, hasJustRenewed)
  }

  return {
    standing,
    clockAhead: () => clockAhead,
    ask: async () => {
      try {
        await askOnce()
        failures = 0
        patience.answered()
      } catch (thrown) {
        if (patience.isOver(thrown)) throw thrown
        failures += 1
        report.failed(thrown)
      }
    },
    pause: () => {
      const now = standing()
      // The realms that the answer has spoken of are to be had at once.
      if (failures === 0 && now.realmsDiffer && !hasJustRenewed) return 0
      return nextAsk(now, clock.now(), { chance, jitter: fraction(clock) })
    },
  }
}

/**
 * A refusal says nothing of its reason, to nobody: an agent whose certificate is good may only have
 * come by another way than the one that it is allowed.
 */
function createPatience({ identity, clock }: RenewalParts) {
  let refusedSince: number | undefined
  return {
    answered: () => {
      refusedSince = undefined
    },
    isOver: (thrown: unknown): boolean => {
      const { kind, message } = asFault(thrown)
      if (kind !== 'notOurs') return false
      const now = clock.now()
      refusedSince ??= now
      const { ends } = identity.stored().certificate
      return message === revoked || now >= ends || now - refusedSince >= refusedFor
    },
  }
}

/** @throws Fault `notOurs` if the provider will have nothing to do with the agent any more */
function accepted(said: Said): EnrolmentAnswer {
  if (said.kind === 'answer') return said.answer
  throw refused(said)
}

function refused({ error, message }: EnrolmentRefusal): Fault {
  return new Fault(error === 'refused' ? 'notOurs' : 'webDown', `the provider refuses: ${message}`)
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.toSorted().join() === b.toSorted().join()
}

/** The answer was made some time between the question and its coming in. */
function aheadOf(serverTime: number, began: number, ended: number): number {
  if (serverTime < began) return began - serverTime
  return Math.min(ended - serverTime, 0)
}

/** @returns at least 0, less than 1 */
function fraction(clock: Clock): number {
  return clock.randomBytes(4).readUInt32BE() / 2 ** 32
}
