import type { Store } from '../../shared/store.ts'
import type { FactorMethod } from '../mfa/factor.ts'
import type { Begun } from '../mfa/second-factors.ts'

/** What somebody is setting up, so that its page can be shown again: after a wrong code, say. */
export interface KeptEnrolments {
  keep(sub: string, enrolment: KeptEnrolment): Promise<void>
  /** @param id of what was begun */
  find(sub: string, id: string): Promise<KeptEnrolment | undefined>
}

export interface KeptEnrolment {
  readonly method: FactorMethod
  readonly begun: Begun
}

// Milliseconds: as long as it can be answered.
const lifetime = 300_000

/** @param store sealed: there are new secrets in it */
export function createKeptEnrolments(store: Store): KeptEnrolments {
  return {
    keep: (sub, enrolment) =>
      store.set(key(sub, enrolment.begun.id), JSON.stringify(enrolment), lifetime),
    find: async (sub, id) => {
      const found = await store.get(key(sub, id))
      return found === undefined ? undefined : (JSON.parse(found) as KeptEnrolment)
    },
  }
}

const key = (sub: string, id: string): string => `account-enrolment:${sub}:${id}`
