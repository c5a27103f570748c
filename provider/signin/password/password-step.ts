import type { Outcome } from '../../../shared/outcome.ts'
import type { Person } from '../../access/person.ts'
import type { Successes } from '../../agents/successes.ts'
import type { Answer, Asked } from '../../broker/asked.ts'
import type { Verdict, VerdictSource } from '../../broker/verdict-source.ts'
import { subOf } from '../../oidc/accounts/accounts.ts'
import type { NewProof, SignedIn } from '../../oidc/interaction.ts'
import type { Risk, TriedPassword } from '../../risk/risk.ts'
import type { SigninLog } from '../../signin-log/signin-log.ts'
import { type Problem, withoutDetail } from '../problem.ts'
import { noteSuccess } from './note-success.ts'

/** Checks one password; says who it is, or why nobody is signed in. */
export type PasswordStep = (check: PasswordCheck) => Promise<PasswordResult>

export interface PasswordCheck {
  readonly uid: string
  readonly realm: string
  readonly username: string
  readonly password: string
  /** The directory shall change `password` into this one, and then it is a sign-in like another. */
  readonly newPassword?: string
  /** Whether policies want a second agent to say the same of this person. */
  readonly secondOpinion?: (person: Person) => boolean
  readonly clientId: string
  readonly clientAddress: string
  readonly reference: string
}

export type PasswordResult =
  | Required<Pick<SignedIn, 'accountId' | 'account' | 'proofs'>>
  | { readonly accountId?: never; readonly problem: Problem }

export interface PasswordStepParts {
  readonly broker: Pick<VerdictSource, 'verify'>
  readonly signinLog: SigninLog
  readonly successes: Pick<Successes, 'note'>
  readonly risk?: Pick<Risk, 'tried'>
  /** Resolves after so many milliseconds. */
  readonly delay: (milliseconds: number) => Promise<unknown>
}

/** Characters; what a question to an agent can hold. */
const longestPassword = 1024

/**
 * Milliseconds from the POST to a refusal. A directory finds out at once that there is no such
 * user, but takes a while to hash a wrong password; below this floor nobody can see which it was.
 */
export const refusalFloor = 400

/** @throws Fault as the broker and the store do; the check is in the sign-in log all the same */
export function createPasswordStep(parts: PasswordStepParts): PasswordStep {
  const underway = new Map<string, Promise<PasswordResult>>()
  return (check) => {
    if (check.password === '') return Promise.resolve({ problem: { input: 'noPassword' } })
    // A double click sends the form twice. Asking twice would count twice toward the directory's
    // lockout, so the second one waits for the answer to the first.
    const key = JSON.stringify([check.uid, check.username, check.password, check.newPassword])
    const running = underway.get(key) ?? checkOnce(parts, check).finally(() => underway.delete(key))
    underway.set(key, running)
    return running
  }
}

async function checkOnce(parts: PasswordStepParts, check: PasswordCheck): Promise<PasswordResult> {
  const floor = parts.delay(refusalFloor)
  const { reference } = check
  const { uid: _uid, password: _password, newPassword, secondOpinion: _, ...facts } = check
  const asked = newPassword === undefined ? facts : { ...facts, change: true as const }
  try {
    const { outcome, ...answer } = await ask(parts.broker, check)
    const tried = parts.risk?.tried(triedPassword(check, outcome))
    if (outcome.name === 'ok') {
      const { account } = outcome
      const sub = subOf(check.realm, account)
      parts.signinLog.record({ ...asked, ...answer, outcome, sub })
      noteSuccess(parts.successes, { ...check, sub }, answer)
      await tried
      return { accountId: sub, account, proofs: proofsOf(check, answer) }
    }
    parts.signinLog.record({ ...asked, ...answer, outcome })
    await Promise.all([floor, tried])
    const isChange = newPassword !== undefined && { isChange: true as const }
    return { problem: { outcome: withoutDetail(outcome), reference, ...isChange } }
  } catch (thrown) {
    parts.signinLog.recordFault(asked, thrown)
    throw thrown
  }
}

/** What this password check has shown beside the password. */
function proofsOf(
  { newPassword }: PasswordCheck,
  { second }: Pick<Answer, 'second'>,
): readonly NewProof[] {
  return [
    ...(second === undefined ? [] : [{ method: 'secondOpinion', amr: [] } as const]),
    ...(newPassword === undefined ? [] : [{ method: 'passwordChange', amr: [] } as const]),
  ]
}

function triedPassword(check: PasswordCheck, outcome: Outcome): TriedPassword {
  const { realm, username, clientAddress: address, newPassword } = check
  const sub = outcome.name === 'ok' && { sub: subOf(realm, outcome.account) }
  const changed = newPassword !== undefined
  return { realm, username, address, outcome: outcome.name, changed, ...sub }
}

function ask(broker: PasswordStepParts['broker'], check: PasswordCheck): Promise<Verdict> {
  const { realm, username, password, newPassword, reference } = check
  // Nobody has such a password, and no question could carry it.
  if (password.length > longestPassword) {
    const name = newPassword === undefined ? 'wrongPassword' : 'wrongOldPassword'
    return Promise.resolve({ outcome: { name }, milliseconds: 0 })
  }
  const change = newPassword !== undefined && { newPassword }
  return broker.verify({ realm, username, password, ...change, reference, ...opinion(check) })
}

function opinion({ realm, secondOpinion }: PasswordCheck): Pick<Asked, 'secondOpinion'> {
  if (secondOpinion === undefined) return {}
  return {
    secondOpinion: (account) =>
      secondOpinion({ sub: subOf(realm, account), claims: account.claims }),
  }
}
