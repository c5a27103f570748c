import type { Outcome } from '../../shared/outcome.ts'
import type { AlertName } from '../agents/alert.ts'

/**
 * This folder counts what happens, for Prometheus. Whoever knows of something says so here; without
 * `metrics` in the settings nobody listens, and the library that counts is not even loaded. To say
 * something costs a sign-in some microseconds at most, and never fails.
 */
export interface Metrics {
  /** The check of a password, or of a passkey in its place, has come to its end. */
  signIn(ended: SignInEnded): void
  /** A question went to another agent, after `ignored` or because the first one did not try. */
  handedOver(realm: string, why: 'ignored' | 'notTried'): void
  canary(realm: string, agent: string, outcome: Outcome): void
  alert(name: AlertName): void
}

export interface SignInEnded {
  readonly realm: string
  /** Of an app that is registered. */
  readonly clientId: string
  /** A password unless given. */
  readonly method?: 'passkey' | undefined
  /** `fault` if nobody knows. */
  readonly outcome: Outcome | 'fault'
  /** From the click to the answer, if an agent was asked. */
  readonly milliseconds?: number | undefined
}

export const noMetrics: Metrics = {
  signIn: nothing,
  handedOver: nothing,
  canary: nothing,
  alert: nothing,
}

function nothing(): void {}
