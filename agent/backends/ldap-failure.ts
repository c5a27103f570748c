import { ResultCodeError } from 'ldapts'
import type { UnavailableReason } from '../../shared/outcome.ts'

/** Why a server could say nothing about the person. */
export interface Failure {
  /** In what it failed. Only a `bind` may have been counted against the person. */
  readonly step: Step
  readonly reason: UnavailableReason
  /** For the log: host, result code or errno. Never what the server wrote, which may hold names. */
  readonly detail: string
  /** The server as a whole is at fault, so another one is worth asking. */
  readonly ofServer: boolean
  /** The connection went away under the operation; it may have been dead for long. */
  readonly lost: boolean
}

export type Step = 'connect' | 'service bind' | 'search' | 'bind' | 'change'

/** What is known about the connection on which something went wrong. */
export interface Circumstances {
  readonly step: Step
  readonly host: string
  readonly timedOut?: boolean
  /** Why the server's certificate was not accepted, by the check's own code. */
  readonly certificateError?: string | undefined
}

// RFC 4511 appendix A, as far as a code speaks of the server and not of the person. What is not
// listed means that settings and directory do not fit: a referral (10), a demand for encryption
// (8, 13), a bad filter (18, 87), a missing base (32).
const reasonsOfServer: Readonly<Record<number, UnavailableReason>> = {
  3: 'directoryTimeout',
  11: 'overloaded',
  51: 'overloaded',
  52: 'directoryDown',
  80: 'directoryDown',
}

// Active Directory answers a search on a connection that is not authenticated with 1.
const refusalsOfServiceAccount: Readonly<Partial<Record<Step, readonly number[]>>> = {
  'service bind': [19, 32, 34, 48, 49, 50, 53],
  search: [1, 50],
}

/** Whatever was thrown, as a failure. */
export function failureOf(error: unknown, circumstances: Circumstances): Failure {
  if (error instanceof ResultCodeError) return failureOfCode(error.code, circumstances)
  const { step, host, timedOut, certificateError } = circumstances
  const fault = (reason: UnavailableReason, what: string, lost = false): Failure => {
    return { step, reason, detail: `${step}: ${what} (${host})`, ofServer: true, lost }
  }
  if (timedOut) return fault('directoryTimeout', 'no answer in time')
  if (certificateError) return fault('misconfigured', `certificate refused, ${certificateError}`)
  const code = errnoOf(error)
  if (code === 'ETIMEDOUT') return fault('directoryTimeout', code)
  return fault('directoryDown', code ?? 'connection lost', !isBefore(step))
}

/** A result code that does not speak of the person, as a failure. */
export function failureOfCode(code: number, { step, host }: Circumstances): Failure {
  const refused = refusalsOfServiceAccount[step]?.includes(code) ?? false
  const reason = refused ? 'serviceAccount' : reasonsOfServer[code]
  return {
    step,
    reason: reason ?? 'misconfigured',
    detail: `${step}: result ${code} (${host})`,
    // Before there is a connection of use, any refusal keeps the server from being of use.
    ofServer: isBefore(step) || code in reasonsOfServer,
    lost: false,
  }
}

/** Whether the connection was still being made. */
function isBefore(step: Step): boolean {
  return step === 'connect' || step === 'service bind'
}

function errnoOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
