import type { AccessEntry, JudgedPolicy, LoggedRisk, LoggedRisks } from './access-entry.ts'
import type {
  AccessRecord,
  AppliedPolicy,
  CheckRecord,
  KeptRisk,
  KeptRisks,
  SignInRecord,
} from './sign-in-record.ts'
import type { SigninAsked, SigninEntry } from './signin-log.ts'

/**
 * PURE. What is kept of a check. Not the user name as typed, which may be a password typed
 * one field too early: only the directory's own word for whoever came in.
 */
export function recordOfCheck(entry: SigninEntry, at: number): CheckRecord {
  const { outcome, sub } = entry
  const user = outcome.name === 'ok' ? outcome.account.claims['preferred_username'] : undefined
  return {
    ...asked(entry, at),
    outcome: outcome.name,
    ...(outcome.name === 'unavailable' && { reason: outcome.reason }),
    ...(sub !== undefined && { sub }),
    ...(typeof user === 'string' && { user }),
  }
}

/** PURE. */
export function recordOfFault(entry: SigninAsked, at: number): CheckRecord {
  return { ...asked(entry, at), outcome: 'fault' }
}

function asked(entry: SigninAsked, at: number): Omit<CheckRecord, 'outcome'> {
  const { reference, clientAddress, clientId, realm, change, method } = entry
  const common = { at, reference, clientAddress, clientId, realm }
  return { kind: 'check', ...common, ...(change && { change }), ...(method && { method }) }
}

/**
 * PURE. Nothing of a code that is redeemed: that is the authorization of a moment before, once more.
 * @param policySet names the list of all policies that were asked
 */
export function recordOfAccess(
  entry: AccessEntry,
  at: number,
  policySet: string | undefined,
): AccessRecord | undefined {
  const { step, reference, clientAddress, clientId, sub } = entry
  if (step === 'tokens') return undefined
  const { isLetIn, isFresh, decision, reportOnly, shown = [] } = entry
  return {
    kind: step,
    at,
    reference,
    clientAddress,
    clientId,
    sub,
    ...howTheyCame(entry),
    isLetIn,
    ...(isFresh && { isFresh }),
    ...measured(entry),
    decision,
    ...(reportOnly && reportOnly.decision !== decision && { reportOnly: reportOnly.decision }),
    applied: entry.judged
      .filter(({ applies }) => applies)
      .map((judged) => appliedPolicy(judged, shown)),
    ...(policySet !== undefined && { policySet }),
  }
}

function howTheyCame({
  user,
  platform,
  clientAppType,
}: AccessEntry): Pick<AccessRecord, 'user' | 'platform' | 'clientAppType'> {
  return {
    ...(user !== undefined && { user }),
    ...(platform !== undefined && { platform }),
    ...(clientAppType && { clientAppType }),
  }
}

function measured({ risk, instead = [] }: AccessEntry): Pick<AccessRecord, 'risk' | 'instead'> {
  return {
    ...(risk && { risk: keptRisks(risk) }),
    ...(instead.length > 0 && { instead }),
  }
}

/** PURE. For the person, who is told what came of it and not by which policies. */
export function brief(record: SignInRecord): SignInRecord {
  if (record.kind === 'check') return record
  const { policySet: _policySet, reportOnly: _reportOnly, risk: _risk, ...told } = record
  return { ...told, applied: [] }
}

function keptRisks({ signIn, user }: LoggedRisks): KeptRisks {
  return { ...(signIn && { signIn: keptRisk(signIn) }), ...(user && { user: keptRisk(user) }) }
}

function keptRisk({ level, because }: LoggedRisk): KeptRisk {
  return { level, facts: because.map(({ fact, points }) => [fact, points]) }
}

function appliedPolicy(
  { policy, match, conditions, demands }: JudgedPolicy,
  shown: readonly string[],
): AppliedPolicy {
  const open = conditions.filter((each) => each.match === 'unknown')
  return {
    policy,
    ...wanted(demands, shown),
    ...(match === 'unknown' && { unknown: open.map(({ condition }) => condition) }),
  }
}

function wanted(
  demands: JudgedPolicy['demands'],
  shown: readonly string[],
): Pick<AppliedPolicy, 'wants' | 'isEither' | 'isMet'> {
  if (demands === undefined) return { wants: 'limit' }
  if (demands === 'block') return { wants: 'block' }
  const { operator, controls } = demands
  const had = controls.filter((control) => shown.includes(control)).length
  const isMet = operator === 'OR' ? had > 0 : had === controls.length
  return {
    wants: controls,
    ...(operator === 'OR' && controls.length > 1 && { isEither: true }),
    ...(isMet && { isMet }),
  }
}
