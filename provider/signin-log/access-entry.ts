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
  /** Each that was asked, for the record; the log has enough with their names. */
  readonly judged: readonly JudgedPolicy[]
}

/** How risky it was, and what made it so; where that was measured. */
export interface LoggedRisks {
  readonly signIn?: LoggedRisk
  readonly user?: LoggedRisk
}

export interface LoggedRisk {
  readonly level: 'none' | 'low' | 'medium' | 'high'
  readonly points: number
  readonly because: readonly {
    readonly fact: string
    readonly points: number
    readonly text: string
  }[]
}

export interface AccessAbout {
  readonly reference: string
  readonly clientAddress: string
  /** The app's client id. */
  readonly clientId: string
  readonly sub: string
  /** What the directory calls the person; never what was typed. */
  readonly user?: string
  /** What the person sits at, as far as the browser says. */
  readonly platform?: string
  /** The person told the app their password; left out if they came to a page of ours. */
  readonly clientAppType?: 'other'
  /** All controls that count as shown, a stronger one's weaker ones among them; none unless given. */
  readonly shown?: readonly string[]
  /** What stood in place of a second factor: `rememberedBrowser`, `registrationPutOff`. */
  readonly instead?: readonly string[]
  readonly step: AccessStep
  /** Whether the person got what they or their app asked for. */
  readonly isLetIn: boolean
  /** With a password just typed, and not with a session of before. */
  readonly isFresh?: boolean
  readonly risk?: LoggedRisks
}

export type AccessStep = 'authorization' | 'tokens' | 'refresh'

/** A policy's say about one sign-in. */
export interface JudgedPolicy {
  readonly policy: string
  readonly state: string
  readonly applies: boolean
  readonly match: 'matched' | 'notMatched' | 'unknown'
  readonly conditions: readonly { readonly condition: string; readonly match: string }[]
  /** Absent if it limits sessions and nothing more. */
  readonly demands?:
    | 'block'
    | { readonly operator: 'AND' | 'OR'; readonly controls: readonly string[] }
}

/** A decision, as far as it is logged and kept. */
export interface LoggedDecision {
  readonly result: AccessEntry['decision']
  readonly reportOnly: { readonly result: AccessEntry['decision'] }
  readonly policies: readonly JudgedPolicy[]
}

/** PURE. @param decision absent where there are no policies */
export function accessEntry(about: AccessAbout, decision: LoggedDecision | undefined): AccessEntry {
  const judged = decision?.policies ?? []
  const applied = judged.filter(({ applies }) => applies)
  const names = (isEnabled: boolean) =>
    applied.filter(({ state }) => (state === 'enabled') === isEnabled).map(({ policy }) => policy)
  const watched = names(false)
  return {
    ...about,
    decision: decision?.result ?? 'allow',
    policies: names(true),
    ...(decision &&
      watched.length > 0 && {
        reportOnly: { decision: decision.reportOnly.result, policies: watched },
      }),
    judged,
  }
}
