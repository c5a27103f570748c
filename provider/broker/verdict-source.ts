import type { Answer, Asked, AskedLookup } from './asked.ts'

/** Who says whether somebody may sign in: the broker, by agents, or a list of the provider's own. */
export interface VerdictSource {
  verify(asked: Asked): Promise<Verdict>
  /** Of somebody who has shown without a password who they are: how their account is now. */
  admit(asked: AskedLookup): Promise<Verdict>
}

/** An answer; without a question's id if no agent was asked. */
export type Verdict = Omit<Answer, 'requestId'> & { readonly requestId?: string }

/** The source of each realm; for all others one and the same. */
export function verdictsByRealm(
  own: ReadonlyMap<string, VerdictSource>,
  others: VerdictSource,
): VerdictSource {
  return {
    verify: (asked) => (own.get(asked.realm) ?? others).verify(asked),
    admit: (asked) => (own.get(asked.realm) ?? others).admit(asked),
  }
}
