import type { Clock } from '../shared/clock.ts'
import { asFault } from '../shared/fault.ts'
import { claimKey } from '../shared/keys.ts'
import type { Logger } from '../shared/log.ts'
import { type Outcome, outcomeText, type UnavailableReason } from '../shared/outcome.ts'
import type { Store } from '../shared/store.ts'
import type { Question } from '../shared/wire.ts'
import type {
  AccountLookup,
  BackendAnswer,
  PasswordBackend,
  PasswordChange,
  PasswordChanger,
  SoughtAccount,
} from './backends/backend.ts'
import type { Condition } from './condition.ts'
import type { ServedRealm } from './realms.ts'
import type { ReplayGuard } from './replay-guard.ts'

/**
 * Asks the directory, at most once per question whatever else happens.
 * @returns `undefined` if the question is somebody else's by now, or was here before
 */
export type AnswerQuestion = (question: Question) => Promise<BackendAnswer | undefined>

// Milliseconds. A question from further in the future than this was sealed by a clock that would
// also let questions live too long.
const greatestSkew = 30_000
const claimLifetime = 60_000

// Milliseconds before the question's end at which a silent directory is given up: the verdict that
// says so has to reach the provider while somebody still waits for it.
const wayBack = 500

export function createAnswerQuestion(parts: {
  agent: string
  realms: ReadonlyMap<string, ServedRealm>
  replays: ReplayGuard
  store: Store
  clock: Clock
  log: Logger
  condition: Condition
}): AnswerQuestion {
  const { agent, realms, replays, store, clock, log, condition } = parts

  async function ask(realm: ServedRealm, question: Question): Promise<BackendAnswer> {
    const { expires, reference } = question
    const askBackend = (signal: AbortSignal) => {
      if ('accountId' in question) return lookUp(realm.backend, { id: question.accountId, signal })
      const { username, password, newPassword } = question
      const localName = realm.localName(username)
      const credentials = { username, localName, password, signal }
      if (newPassword === undefined) return realm.backend.verify(credentials)
      return changePassword(realm.backend, { ...credentials, newPassword })
    }
    try {
      return await within(Math.max(1, expires - clock.now() - wayBack), askBackend)
    } catch (error) {
      // A backend answers even for a dead directory; what it throws is a mistake in it.
      const { code, message } = asFault(error)
      log.error({ reference, faultCode: code, detail: message }, 'the backend failed')
      return unavailable('misconfigured')
    }
  }

  return async (question) => {
    const { id, expires, reference } = question
    const now = clock.now()
    if (question.at - now > greatestSkew) return unavailable('clockSkew')
    const realm = realms.get(question.realm)
    if (realm === undefined) return unavailable('misconfigured')
    const isMine =
      replays.isFirst(id, expires, now) && (await store.claim(claimKey(id), agent, claimLifetime))
    if (!isMine) {
      log.warn({ reference, requestId: id }, 'a question that is not ours to answer was left alone')
      return undefined
    }
    // The claim may have waited for a slow store: an agent never binds for a person who has gone.
    if (expires <= clock.now()) return undefined
    const asked = clock.now()
    const answer = await ask(realm, question)
    condition.answered(question.realm, answer.outcome, clock.now() - asked)
    report(log, question, answer, clock.now() - now)
    return answer
  }
}

function changePassword(
  backend: PasswordBackend & Partial<PasswordChanger>,
  change: PasswordChange,
): Promise<BackendAnswer> {
  if (backend.changePassword !== undefined) return backend.changePassword(change)
  return Promise.resolve({ outcome: { name: 'notPermitted' } })
}

function lookUp(
  backend: PasswordBackend & Partial<AccountLookup>,
  sought: SoughtAccount,
): Promise<BackendAnswer> {
  if (backend.lookUp !== undefined) return backend.lookUp(sought)
  return Promise.resolve(unavailable('cannotLookUp'))
}

function report(
  log: Logger,
  question: Question,
  answer: BackendAnswer,
  milliseconds: number,
): void {
  const { id, realm, reference } = question
  const lookup = 'accountId' in question && { lookup: true }
  const { outcome, directory } = answer
  const { code, operatorText } = outcomeText(outcome)
  const detail = outcome.name === 'unavailable' ? outcome.detail : undefined
  const facts = {
    reference,
    requestId: id,
    realm,
    directory,
    outcome: outcome.name,
    detail,
    ...lookup,
  }
  const level = outcome.name === 'unavailable' ? 'error' : 'info'
  const message = lookup && outcome.name === 'ok' ? 'the account is as it should be' : operatorText
  log[level]({ ...facts, outcomeCode: code, milliseconds }, message)
}

// A backend should heed the signal; one that does not must not keep the agent from stopping. Not
// AbortSignal.timeout: that one goes on after the answer, and keeps the password in memory with it.
async function within(
  milliseconds: number,
  ask: (signal: AbortSignal) => Promise<BackendAnswer>,
): Promise<BackendAnswer> {
  const patience = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<BackendAnswer>((resolve) => {
    timer = setTimeout(() => {
      patience.abort()
      resolve(unavailable('directoryTimeout'))
    }, milliseconds)
  })
  try {
    return await Promise.race([ask(patience.signal), tooLate])
  } finally {
    clearTimeout(timer)
  }
}

function unavailable(reason: UnavailableReason): BackendAnswer {
  const outcome: Outcome = { name: 'unavailable', reason }
  return { outcome }
}
