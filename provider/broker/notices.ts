import type { Outcome } from '../../shared/outcome.ts'

/** Told of what happens between the broker and agents, such as metrics. Must not wait nor throw. */
export interface Notices {
  /** A question went to another agent. */
  handedOver(realm: string, why: 'ignored' | 'notTried'): void
  /** What an agent made of a sign-in that must fail. */
  canary(realm: string, agent: string, outcome: Outcome): void
}

export const noNotices: Notices = { handedOver: () => {}, canary: () => {} }
