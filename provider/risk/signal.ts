import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'

/**
 * PORT. What a module of the customer's own adds to the measure of risk; `postern/risk` for those
 * who write one.
 */
export interface RiskSignal {
  /**
   * Called at each authorization, after the password and before policies. What it throws, and an
   * answer of another form or after `signal`, leave the risk unknown, and policies take the safe side.
   */
  measure(question: RiskQuestion): RiskAnswer | Promise<RiskAnswer>
  [Symbol.asyncDispose]?(): Promise<void>
}

export interface RiskQuestion {
  /** As tokens call the person. */
  readonly sub: string
  /** User names by which they are known. */
  readonly names: readonly string[]
  /** Left out if no proxy has said where the person is. */
  readonly address?: string
  /** ISO 3166-1, two capital letters; left out if nobody knows. */
  readonly country?: string
  /** `client_id`. */
  readonly app?: string
  readonly userAgent?: string
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  readonly at: number
  /** A password has just been typed; otherwise it is a session that goes on. */
  readonly isFresh: boolean
  /** How many of each fact, by the names of docs/risk.md. */
  readonly facts: Readonly<Record<string, number>>
  /** After it nobody waits any more. */
  readonly signal: AbortSignal
}

/** Nothing said is nothing added. Points are never taken away. */
export interface RiskAnswer {
  /** Of this sign-in. */
  readonly signIn?: readonly RiskPoints[]
  /** Of the person, whoever signs in. */
  readonly user?: readonly RiskPoints[]
}

export interface RiskPoints {
  /** 0 to 100; 20 are low, 45 medium, 75 high. */
  readonly points: number
  /** For admins: it stands in the log. Nothing secret. */
  readonly text: string
}

/** What the module exports as `createRiskSignal`. */
export type CreateRiskSignal = (
  options: Readonly<Record<string, unknown>>,
  parts: RiskSignalParts,
) => RiskSignal | Promise<RiskSignal>

export interface RiskSignalParts {
  readonly log: Logger
  readonly clock: Clock
  /** What relative file names in the settings are relative to. */
  readonly folder: string
}
