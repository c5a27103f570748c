/** What policies said of one sign-in, one later authorization, or one request for tokens. */
export interface AccessEntry extends AccessAbout {
  readonly decision: 'allow' | 'ask' | 'block'
  /** Enabled policies that applied, by name. */
  readonly policies: readonly string[]
  /** Report-only policies that applied, and what it had come to with them; if there are any. */
  readonly reportOnly?: {
    readonly decision: AccessEntry['decision']
    readonly policies: readonly string[]
  }
}

export interface AccessAbout {
  readonly reference: string
  readonly clientAddress: string
  /** The app's client id. */
  readonly clientId: string
  readonly sub: string
  readonly step: AccessStep
}

export type AccessStep = 'authorization' | 'tokens' | 'refresh'

/** A decision, as far as the log keeps it. */
export interface LoggedDecision {
  readonly result: AccessEntry['decision']
  readonly reportOnly: { readonly result: AccessEntry['decision'] }
  readonly policies: readonly {
    readonly policy: string
    readonly state: string
    readonly applies: boolean
  }[]
}

/** PURE. */
export function accessEntry(about: AccessAbout, decision: LoggedDecision): AccessEntry {
  const applied = decision.policies.filter(({ applies }) => applies)
  const names = (isEnabled: boolean) =>
    applied.filter(({ state }) => (state === 'enabled') === isEnabled).map(({ policy }) => policy)
  const watched = names(false)
  return {
    ...about,
    decision: decision.result,
    policies: names(true),
    ...(watched.length > 0 && {
      reportOnly: { decision: decision.reportOnly.result, policies: watched },
    }),
  }
}
