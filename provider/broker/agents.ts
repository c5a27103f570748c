import type { VerifyingKey } from '../../shared/envelope-keys.ts'

/** An agent the provider has reason to trust, with the key its heartbeats and verdicts must have. */
export interface TrustedAgent {
  readonly name: string
  /** Random id of the enrolment. */
  readonly enrolment: string
  readonly realms: readonly string[]
  readonly key: VerifyingKey
  /** Until when its certificate is good; milliseconds since the epoch. */
  readonly ends: number
}

/** Who may answer at all. A Redis writer can add a stream, but nobody to these. */
export interface TrustedAgents {
  /**
   * Who shows this certificate.
   * @param certificate PEM, or base64 of the DER form
   * @throws Fault `badMessage` or `forgedMessage` if it is not one of ours, or not good now
   */
  recognize(certificate: string): Promise<TrustedAgent>
  /**
   * At this very moment, from memory: `ask` may be asked and believed, `believe` may only finish
   * what it holds.
   */
  standing(agent: TrustedAgent): 'ask' | 'believe' | 'no'
  /** Every agent that is enrolled for the realm, also those never heard; for the operator. */
  ofRealm(realm: string): readonly { readonly name: string }[]
}
