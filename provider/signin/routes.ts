import type Router from '@koa/router'
import type { Context } from 'koa'
import type { Clock } from '../../shared/clock.ts'
import type { Feature } from '../http/feature.ts'
import { type Form, readForm } from '../http/form.ts'
import { requestContext } from '../http/request-context.ts'
import type { Interaction, Interactions } from '../oidc/interaction.ts'
import type { OwnSessions } from '../oidc/own-session.ts'
import type { NewPasswordRules } from '../passwords/passwords.ts'
import { afterRefusal } from './after-refusal.ts'
import { type Accepted, type Attempt, attemptIn } from './attempt.ts'
import { daysToTell, isNoticeDue } from './expiry-notice.ts'
import { newPasswordStep } from './new-password-step.ts'
import { nextStep, type StepName } from './next-step.ts'
import type { PasswordStep } from './password-step.ts'
import type { SigninRealm } from './realm.ts'
import { type Show, signinPath } from './show.ts'
import { usernameStep } from './username-step.ts'

interface Parts {
  readonly interactions: Interactions
  readonly ownSessions: Pick<OwnSessions, 'endOthers'>
  readonly checkPassword: PasswordStep
  readonly show: Show
  readonly realms: readonly SigninRealm[]
  readonly newPasswords: NewPasswordRules
  readonly noticeDays: number
  readonly clock: Pick<Clock, 'now'>
}

interface Visit {
  readonly ctx: Context
  readonly form: Form
  readonly interaction: Interaction
  readonly attempt: Attempt
}

/** One form. `undefined`: the sign-in is over and the browser on its way. */
interface FormStep {
  /** At which steps it counts; at any other it is left from an old page, and ignored. */
  readonly at: readonly StepName[]
  run(visit: Visit): Promise<Attempt | undefined>
}

/** The sign-in's addresses. */
export function signinRoutes(parts: Parts): Feature {
  const { interactions, show } = parts
  return {
    mount: (router) => {
      router.get('/interaction/:uid', async (ctx) => {
        const interaction = await interactions.load(ctx)
        await show(ctx, interaction, attemptIn(interaction))
      })
      for (const [name, step] of Object.entries(formSteps(parts))) mountForm(router, name, step)
    },
  }

  function mountForm(router: Router, name: string, step: FormStep): void {
    router.post(`/interaction/:uid/${name}`, async (ctx) => {
      const form = await readForm(ctx)
      const interaction = await interactions.load(ctx)
      const attempt = attemptIn(interaction)
      if (step.at.includes(nextStep(interaction, attempt).name)) {
        const changed = await step.run({ ctx, form, interaction, attempt })
        if (changed === undefined) return
        await interactions.keep(ctx, changed)
      }
      seeOther(ctx, interaction.uid)
    })
    // Who loads a form's address, after an error page say, means the sign-in.
    router.get(`/interaction/:uid/${name}`, (ctx) => seeOther(ctx, ctx.params['uid'] ?? ''))
  }
}

function formSteps(parts: Parts): Readonly<Record<string, FormStep>> {
  const { interactions, realms } = parts
  return {
    username: {
      at: ['username', 'password', 'newPassword'],
      run: async ({ form }) => usernameStep(form.get('username') ?? '', realms),
    },
    back: {
      at: ['password', 'newPassword'],
      run: async ({ attempt }) =>
        attempt.username === undefined ? {} : { username: attempt.username },
    },
    password: { at: ['password'], run: (visit) => passwordForm(parts, visit) },
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
    consent: {
      at: ['consent'],
      run: async ({ ctx, form }) => {
        if (form.get('decision') === 'allow') await interactions.finishConsent(ctx)
        else await interactions.refuse(ctx, 'access_denied', 'the person did not allow it')
        return undefined
      },
    },
    cancel: {
      at: ['username', 'password', 'newPassword', 'expiresSoon', 'consent'],
      run: async ({ ctx }) => {
        await interactions.refuse(ctx, 'access_denied', 'the person did not sign in')
        return undefined
      },
    },
    leave: {
      at: ['refused'],
      run: async ({ ctx }) => {
        await interactions.refuse(ctx, 'access_denied', 'a policy of the organization forbids it')
        return undefined
      },
    },
  }
}

function isChangedIn(realm: string | undefined): (one: SigninRealm) => boolean {
  return ({ name, changePasswords }) => name === realm && changePasswords
}

async function passwordForm(parts: Parts, visit: Visit): Promise<Attempt | undefined> {
  if (isOfAnother(visit)) return { ...visit.attempt, problem: { input: 'otherUsername' } }
  return enter(parts, visit, { password: visit.form.get('password') ?? '' })
}

async function newPasswordForm(parts: Parts, visit: Visit): Promise<Attempt | undefined> {
  const { form, attempt } = visit
  if (isOfAnother(visit)) return { ...attempt, problem: { input: 'otherUsername' } }
  const { username = '' } = attempt
  const typed = await newPasswordStep(form, { username, rules: parts.newPasswords })
  if ('problem' in typed) return { ...attempt, problem: { input: typed.problem } }
  return enter(parts, visit, typed)
}

// Another window of the same sign-in may have gone back and named somebody else. This password
// is not theirs, and trying it would count against them.
function isOfAnother({ form, attempt }: Visit): boolean {
  return form.get('username') !== (attempt.username ?? '')
}

async function enter(
  parts: Parts,
  { ctx, interaction, attempt }: Visit,
  typed: { readonly password: string; readonly newPassword?: string },
): Promise<Attempt | undefined> {
  const { username = '', realm = '' } = attempt
  const { reference, clientAddress } = requestContext(ctx)
  const result = await parts.checkPassword({
    uid: interaction.uid,
    realm,
    username,
    ...typed,
    clientId: interaction.client.id,
    reference,
    clientAddress,
  })
  if (result.accountId === undefined) {
    return afterRefusal(attempt, result.problem, parts.realms)
  }
  const { accountId } = result
  if (typed.newPassword !== undefined) await parts.ownSessions.endOthers(ctx, accountId)
  const account = { ...result.account, signedInAs: username }
  const days = daysToTell(account, {
    realm: parts.realms.find(({ name }) => name === realm),
    noticeDays: parts.noticeDays,
    now: parts.clock.now(),
  })
  if (typed.newPassword === undefined && days !== undefined && isNoticeDue(ctx, account)) {
    return { username, realm, accepted: { accountId, account, days } }
  }
  return finish(parts, ctx, { accountId, account })
}

async function finish(
  { interactions }: Parts,
  ctx: Context,
  { accountId, account }: Pick<Accepted, 'accountId' | 'account'>,
): Promise<undefined> {
  // RFC 8176: one proof, a password.
  await interactions.finishLogin(ctx, { accountId, account, amr: ['pwd'] })
}

function seeOther(ctx: Context, uid: string): void {
  ctx.redirect(signinPath(uid))
  ctx.status = 303
}
