import { asFault, type Fault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { type Outcome, outcomeText } from '../../shared/outcome.ts'
import type { AccessEntry } from './access-entry.ts'

/**
 * What there is to know of sign-ins afterwards. This file writes the log: one line for each password
 * check, whatever came of it, under the reference that the person was shown. `sign-in-records.ts`
 * keeps the same in the store for some weeks, where a person's account page (`recent`) and
 * `postern policy report` (`read-records.ts`, `policy-report.ts`) find it.
 */
export interface SigninLog {
  record(entry: SigninEntry): void
  /** A check that ended in a fault: nobody knows the answer, and the person saw an error page. */
  recordFault(asked: SigninAsked, thrown: unknown): void
}

export interface SigninAsked {
  readonly reference: string
  readonly clientAddress: string
  /** The app's client id. */
  readonly clientId: string
  readonly realm: string
  readonly username: string
  /** A passkey was shown in place of a password. */
  readonly method?: 'passkey'
  /** The password was to be changed, and not only checked. */
  readonly change?: true
}

export interface SigninEntry extends SigninAsked {
  readonly outcome: Outcome
  /** Who it was, if that is known. */
  readonly sub?: string
  /** The question's id; absent if no agent was asked. */
  readonly requestId?: string
  readonly agent?: string
  readonly directory?: string
  /** The other agent, if two had to agree. */
  readonly second?: { readonly agent: string; readonly requestId: string }
  readonly milliseconds: number
}

export function createSigninLog(log: Logger): SigninLog {
  return {
    record: (entry) => {
      const { outcome, username, ...fields } = entry
      const { code, operatorText: ofPassword } = outcomeText(outcome)
      const isPasskey = entry.method === 'passkey'
      const operatorText = (isPasskey && ofPasskey[outcome.name]) || ofPassword
      const isUnavailable = outcome.name === 'unavailable'
      const why = isUnavailable && { reason: outcome.reason, detail: outcome.detail }
      const line = { ...fields, outcome: outcome.name, outcomeCode: code, operatorText, ...why }
      log[isUnavailable ? 'warn' : 'info'](line, 'sign-in')
      logName(log, entry.reference, username)
    },
    recordFault: ({ username, ...fields }, thrown) => {
      const { code, message: detail }: Fault = asFault(thrown)
      log.error({ ...fields, outcome: 'fault', faultCode: code, detail }, 'sign-in')
      logName(log, fields.reference, username)
    },
  }
}

// Where what there is to say of a password would be wrong.
const ofPasskey: Partial<Record<Outcome['name'], string>> = {
  ok: 'the passkey was right, and the directory lets the account in',
  unknownUser: 'the passkey was right, but its account is gone from the directory',
}

/** What policies said; at `debug` where none of them had anything to say. */
export function recordAccess(log: Logger, entry: AccessEntry): void {
  const { reference, clientAddress, clientId, sub, step, ...rest } = entry
  const { clientAppType, risk, decision, policies, reportOnly, shown = [], instead = [] } = rest
  const isSilent = policies.length === 0 && reportOnly === undefined
  const said = { ...(risk && { risk }), decision, policies, ...(reportOnly && { reportOnly }) }
  const beyond = { ...(shown.length > 0 && { shown }), ...(instead.length > 0 && { instead }) }
  const how = clientAppType && { clientAppType }
  const line = { reference, clientAddress, clientId, sub, step, ...how, ...said, ...beyond }
  log[isSilent ? 'debug' : 'info'](line, 'conditional access')
}

// What stands in the field for the user name is now and then a password, typed one field too
// early. So the name is no part of the record: `sub` says who came in, and who needs to know what
// was typed turns on `debug` for a while.
function logName(log: Logger, reference: string, username: string): void {
  log.debug({ reference, username }, 'user name as typed')
}
