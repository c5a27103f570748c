import type { Logger } from '../../../shared/log.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import type { Person } from '../../access/person.ts'
import type { Successes } from '../../agents/successes.ts'
import type { Answer } from '../../broker/asked.ts'
import type { Verdict, VerdictSource } from '../../broker/verdict-source.ts'
import type { Form } from '../../http/form.ts'
import type { FactorPerson } from '../../mfa/factor.ts'
import type { FactorRefused, Proven, SecondFactors } from '../../mfa/second-factors.ts'
import { type Accounts, accountIdOfSub, realmOfSub, subOf } from '../../oidc/accounts/accounts.ts'
import type { NewProof, SignedIn } from '../../oidc/interaction.ts'
import type { SigninAsked, SigninLog } from '../../signin-log/signin-log.ts'
import { noteSuccess } from '../password/note-success.ts'
import { type Problem, withoutDetail } from '../problem.ts'

/**
 * Signs somebody in by a passkey alone. It says who they are, and the directory, asked through an
 * agent, how their account is now. Whether the password there has expired, or the account is locked
 * because somebody has guessed at it, is no business of somebody who shows none; directories do not
 * say so of an account that is looked up (`AccountLookup`).
 *
 * Nothing is learnt for risk here: what counts there are wrong passwords and refused names.
 */
export type PasskeyStep = (check: PasskeyCheck) => Promise<PasskeyResult>

export interface PasskeyCheck {
  /** `challenge`, and `passkey` with what the browser answered. */
  readonly form: Form
  /** Whether policies want a second agent to say the same of this person. */
  readonly secondOpinion: (person: Person) => boolean
  readonly clientId: string
  readonly clientAddress: string
  readonly reference: string
}

export type PasskeyResult =
  | Required<Omit<SignedIn, 'at'>>
  | { readonly accountId?: never; problem: Problem }

export interface PasskeyStepParts {
  readonly factors: Pick<SecondFactors, 'prove'>
  readonly accounts: Pick<Accounts, 'find' | 'subOfName'>
  readonly broker: Pick<VerdictSource, 'admit'>
  readonly signinLog: SigninLog
  readonly successes: Pick<Successes, 'note'>
  readonly log: Logger
}

/** @throws Fault as the broker and the store do; what was asked is in the sign-in log all the same */
export function createPasskeyStep(parts: PasskeyStepParts): PasskeyStep {
  return async (check) => {
    const { form } = check
    const result = await parts.factors.prove({ challenge: form.get('challenge') ?? '', form })
    if ('refused' in result) return notAccepted(parts, check, result)
    // Nothing else will be asked. One that wants no finger, face or PIN lets in whoever finds it.
    if (!result.proven.amr.includes('mfa')) {
      return notAccepted(parts, check, { refused: 'notVerified' })
    }
    return admit(parts, check, result.proven)
  }
}

function notAccepted(
  { log }: PasskeyStepParts,
  { reference, clientAddress, clientId }: PasskeyCheck,
  { refused, wait }: FactorRefused,
): PasskeyResult {
  const facts = { reference, clientAddress, clientId, method: 'passkey', refused }
  log.info(facts, 'a passkey was not accepted')
  const factor = { refused, ...(wait !== undefined && { wait }) }
  return { problem: { factor, method: 'passkey' } }
}

async function admit(
  parts: PasskeyStepParts,
  check: PasskeyCheck,
  { person, amr }: Proven,
): Promise<PasskeyResult> {
  const { sub } = person
  const { reference, clientAddress, clientId } = check
  const realm = realmOfSub(sub)
  const facts = { reference, clientAddress, clientId, realm, method: 'passkey' } as const
  const asked: SigninAsked = { ...facts, username: person.username }
  try {
    const [verdict, username] = await Promise.all([
      ask(parts.broker, check, sub),
      usernameOf(parts.accounts, person),
    ])
    const { outcome, ...answer } = verdict
    parts.signinLog.record({ ...facts, username: username ?? '', ...answer, outcome, sub })
    if (outcome.name !== 'ok') {
      return { problem: { outcome: withoutDetail(outcome), reference, isPasskey: true } }
    }
    noteSuccess(parts.successes, { realm, reference, clientId, sub }, answer)
    const account = { ...outcome.account, ...(username !== undefined && { signedInAs: username }) }
    return { accountId: sub, account, amr, proofs: proofsOf(amr, answer) }
  } catch (thrown) {
    parts.signinLog.recordFault(asked, thrown)
    throw thrown
  }
}

async function ask(
  broker: PasskeyStepParts['broker'],
  { reference, secondOpinion }: PasskeyCheck,
  sub: string,
): Promise<Verdict> {
  const [realm, accountId] = [realmOfSub(sub), accountIdOfSub(sub)]
  const verdict = await broker.admit({
    realm,
    accountId,
    reference,
    secondOpinion: (account) =>
      secondOpinion({ sub: subOf(realm, account), claims: account.claims }),
  })
  const { outcome } = verdict
  return outcome.name === 'ok' && outcome.account.id !== accountId
    ? { ...verdict, outcome: aboutAnother }
    : verdict
}

const aboutAnother: Outcome = {
  name: 'unavailable',
  reason: 'misconfigured',
  detail: 'the answer is about another account than the one that was looked up',
}

function proofsOf(amr: readonly string[], { second }: Pick<Answer, 'second'>): readonly NewProof[] {
  return [
    { method: 'passkey', amr },
    ...(second === undefined ? [] : [{ method: 'secondOpinion', amr: [] } as const]),
  ]
}

/**
 * The name that they sign in with elsewhere, as they typed it last. It may have become the name of
 * somebody else since, who then is found by it, and not this person.
 */
async function usernameOf(
  accounts: PasskeyStepParts['accounts'],
  { sub, username }: FactorPerson,
): Promise<string | undefined> {
  const name = (await accounts.find(sub))?.signedInAs ?? username
  const owner = await accounts.subOfName(name)
  return owner === undefined || owner === sub ? name : undefined
}
