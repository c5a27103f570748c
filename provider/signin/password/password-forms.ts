import type { Context } from 'koa'
import type { Clock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import { requestContext } from '../../http/request-context.ts'
import type { OwnSessions } from '../../oidc/accounts/own-session.ts'
import type { Interactions, SignedIn } from '../../oidc/interaction.ts'
import { fullNameIn } from '../../passwords/names.ts'
import type { NewPasswordRules } from '../../passwords/passwords.ts'
import type { Attempt } from '../attempt.ts'
import type { FormSteps, Visit } from '../form-step.ts'
import type { SigninRealm } from '../realm.ts'
import { afterRefusal } from './after-refusal.ts'
import { daysToTell, isNoticeDue } from './expiry-notice.ts'
import { newPasswordStep } from './new-password-step.ts'
import type { PasswordResult, PasswordStep } from './password-step.ts'
import { usernameStep } from './username-step.ts'

/**
 * This folder is the part of a sign-in that asks who somebody is, and for their password: to be
 * checked, changed, or about to expire. Here are its forms.
 */
export interface PasswordFormParts {
  readonly interactions: Pick<Interactions, 'foresee' | 'finishLogin'>
  readonly ownSessions: Pick<OwnSessions, 'endOthers'>
  readonly checkPassword: PasswordStep
  readonly realms: readonly SigninRealm[]
  readonly newPasswords: NewPasswordRules
  readonly noticeDays: number
  readonly clock: Pick<Clock, 'now'>
}

/** Who it is, and their password. */
export function passwordForms(parts: PasswordFormParts): FormSteps {
  const { realms } = parts
  return {
    username: {
      at: ['username', 'password', 'newPassword'],
      run: async ({ form, attempt, interaction }) =>
        interaction.demand ? attempt : usernameStep(form.get('username') ?? '', realms),
    },
    back: {
      at: ['password', 'newPassword'],
      run: async ({ attempt }) =>
        attempt.username === undefined ? {} : { username: attempt.username },
    },
    password: {
      at: ['password', 'passwordAgain'],
      run: (visit) => passwordForm(parts, visit),
    },
    'new-password': { at: ['newPassword'], run: (visit) => newPasswordForm(parts, visit) },
    change: {
      at: ['expiresSoon'],
      run: async ({ attempt }) => {
        const { problem: _problem, ...before } = attempt
        if (!realms.some(isChangedIn(attempt.realm))) return attempt
        return { ...before, mustChange: 'expiresSoon' }
      },
    },
    later: {
      at: ['expiresSoon', 'newPassword'],
      run: async ({ ctx, attempt }) => {
        if (attempt.accepted === undefined) return attempt
        return finish(parts, ctx, attempt.accepted)
      },
    },
  }
}

function isChangedIn(realm: string | undefined): (one: SigninRealm) => boolean {
  return ({ name, changePasswords }) => name === realm && changePasswords
}

async function passwordForm(parts: PasswordFormParts, visit: Visit): Promise<Attempt | undefined> {
  if (isOfAnother(visit)) return { ...visit.attempt, problem: { input: 'otherUsername' } }
  return enter(parts, visit, { password: visit.form.get('password') ?? '' })
}

async function newPasswordForm(
  parts: PasswordFormParts,
  visit: Visit,
): Promise<Attempt | undefined> {
  const { form, attempt } = visit
  if (isOfAnother(visit)) return { ...attempt, problem: { input: 'otherUsername' } }
  const { username } = whoIn(visit)
  const fullName = fullNameIn(attempt.accepted?.account.claims ?? {})
  const typed = await newPasswordStep(form, { username, fullName, rules: parts.newPasswords })
  if ('problem' in typed) return { ...attempt, problem: { input: typed.problem } }
  return enter(parts, visit, typed)
}

// Another window of the same sign-in may have gone back and named somebody else. This password
// is not theirs, and trying it would count against them.
function isOfAnother(visit: Visit): boolean {
  return visit.form.get('username') !== whoIn(visit).username
}

/** Who has signed in already and is asked for more, or who has said their name. */
function whoIn({ interaction: { demand }, attempt }: Visit): { username: string; realm: string } {
  const { username = '', realm = '' } = demand ?? attempt
  return { username, realm }
}

interface Typed {
  readonly password: string
  readonly newPassword?: string
}

async function enter(
  parts: PasswordFormParts,
  visit: Visit,
  typed: Typed,
): Promise<Attempt | undefined> {
  const { attempt, interaction } = visit
  const { username, realm } = whoIn(visit)
  const result = await check(parts, visit, typed)
  if (result.accountId === undefined) return afterRefusal(attempt, result.problem, parts.realms)
  const { demand } = interaction
  if (demand !== undefined && demand.sub !== result.accountId) {
    throw new Fault('internal', 'the user name has become that of another account')
  }
  if (typed.newPassword !== undefined) {
    await parts.ownSessions.endOthers(visit.ctx, result.accountId)
  }
  const signedIn = { ...result, account: { ...result.account, signedInAs: username } }
  const days = daysToTell(signedIn.account, {
    realm: parts.realms.find(({ name }) => name === realm),
    noticeDays: parts.noticeDays,
    now: parts.clock.now(),
  })
  const isToBeTold = typed.newPassword === undefined && demand === undefined
  if (isToBeTold && days !== undefined && isNoticeDue(visit.ctx, signedIn.account)) {
    return { username, realm, accepted: { ...signedIn, at: parts.clock.now(), days } }
  }
  return finish(parts, visit.ctx, signedIn)
}

async function check(
  { checkPassword, interactions }: PasswordFormParts,
  visit: Visit,
  typed: Typed,
): Promise<PasswordResult> {
  const { ctx, interaction } = visit
  const { reference, clientAddress } = requestContext(ctx)
  const foresee = await interactions.foresee(ctx)
  return checkPassword({
    uid: interaction.uid,
    ...whoIn(visit),
    ...typed,
    secondOpinion: (person) => foresee(person).includes('secondOpinion'),
    clientId: interaction.client.id,
    reference,
    clientAddress,
  })
}

async function finish(
  { interactions }: PasswordFormParts,
  ctx: Context,
  { accountId, account, proofs, at }: Omit<SignedIn, 'amr'>,
): Promise<undefined> {
  const known = { accountId, account, ...(proofs && { proofs }), ...(at !== undefined && { at }) }
  // RFC 8176: one proof, a password.
  await interactions.finishLogin(ctx, { ...known, amr: ['pwd'] })
}
