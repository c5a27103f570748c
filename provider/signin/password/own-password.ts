import type { Context } from 'koa'
import { Fault } from '../../../shared/fault.ts'
import type { Feature } from '../../http/feature.ts'
import { readForm } from '../../http/form.ts'
import { type Page, sendPage } from '../../http/layout.ts'
import { requestContext } from '../../http/request-context.ts'
import { accountClientId, ownPasswordPath } from '../../oidc/account-client.ts'
import { type Accounts, realmOfSub } from '../../oidc/accounts/accounts.ts'
import type { OwnSession, OwnSessions } from '../../oidc/accounts/own-session.ts'
import { fullNameIn } from '../../passwords/names.ts'
import type { NewPasswordRules } from '../../passwords/passwords.ts'
import type { OrganizationSettings } from '../../settings.ts'
import { messageOf } from '../messages.ts'
import {
  changedElsewherePage,
  ownPasswordPage,
  passwordChangedPage,
  signInForItPage,
} from '../pages/own-password.ts'
import type { Problem } from '../problem.ts'
import type { SigninRealm } from '../realm.ts'
import { newPasswordStep } from './new-password-step.ts'
import type { PasswordStep } from './password-step.ts'

export interface OwnPasswordParts {
  readonly ownSessions: Pick<OwnSessions, 'find' | 'renew' | 'endOthers' | 'signInUrl'>
  readonly accounts: Pick<Accounts, 'save'>
  readonly checkPassword: PasswordStep
  readonly newPasswords: NewPasswordRules
  readonly realms: readonly SigninRealm[]
  readonly organization: OrganizationSettings
}

/**
 * Seconds since the last sign-in within which the page needs no other. Somebody who finds a browser
 * open must not come to own the account; and they do not know the old password either.
 */
const recent = 600

const changedPath = `${ownPasswordPath}/changed`

/**
 * `/account/password`: somebody who is signed in changes their password. What the old page of a
 * refused form says is not kept anywhere: each form is answered with its page.
 */
export function ownPassword(parts: OwnPasswordParts): Feature {
  const send = (ctx: Context, page: Page) => sendPage(ctx, page, parts.organization)
  return {
    mount: (router) => {
      router.get(ownPasswordPath, async (ctx) => {
        const person = await freshPerson(parts, ctx)
        if (person !== undefined) {
          // Back from signing in: nobody needs the code, and it should stand in no history.
          if (ctx.querystring !== '') return seeOther(ctx, ownPasswordPath)
          return send(ctx, pageFor(parts, person))
        }
        const signIn = await signInUrl(parts, ctx)
        if (ctx.query['error'] !== undefined) return send(ctx, signInForItPage(signIn))
        seeOther(ctx, signIn)
      })
      router.post(ownPasswordPath, async (ctx) => {
        const form = await readForm(ctx)
        const person = await freshPerson(parts, ctx)
        if (person === undefined) return seeOther(ctx, await signInUrl(parts, ctx))
        if (!person.realm.changePasswords) return send(ctx, pageFor(parts, person))
        const problem = await change(parts, { ctx, form, person })
        if (problem === undefined) return seeOther(ctx, changedPath)
        ctx.status = 422
        send(ctx, pageFor(parts, person, problem))
      })
      router.get(changedPath, (ctx) => send(ctx, passwordChangedPage()))
    },
  }
}

interface Person extends OwnSession {
  readonly username: string
  readonly realm: SigninRealm
}

/** Who has signed in here a short while ago, if somebody has. */
async function freshPerson(
  { ownSessions, realms }: OwnPasswordParts,
  ctx: Context,
): Promise<Person | undefined> {
  const session = await ownSessions.find(ctx)
  if (session === undefined || session.age > recent) return undefined
  const realm = realms.find(({ name }) => name === realmOfSub(session.accountId))
  const username = session.account.signedInAs
  return realm && username !== undefined ? { ...session, username, realm } : undefined
}

async function signInUrl({ ownSessions }: OwnPasswordParts, ctx: Context): Promise<string> {
  return ownSessions.signInUrl((await ownSessions.find(ctx))?.account.signedInAs)
}

function pageFor(
  { organization }: OwnPasswordParts,
  { username, account, realm }: Person,
  problem?: Problem,
): Page {
  if (!realm.changePasswords) return changedElsewherePage(realm.passwordHelp)
  const message = problem && { message: messageOf(problem, realm) }
  const fullName = fullNameIn(account.claims)
  const about = { username, fullName, organization: organization.name }
  return ownPasswordPage({ action: ownPasswordPath, ...about, ...message })
}

/** @returns what was wrong; `undefined` if the password is changed */
async function change(
  parts: OwnPasswordParts,
  about: { ctx: Context; form: ReadonlyMap<string, string>; person: Person },
): Promise<Problem | undefined> {
  const { ctx, form, person } = about
  const { username, accountId } = person
  // Somebody else has signed in in another window since this page was shown.
  if (form.get('username') !== username) return { input: 'otherUsername' }
  const fullName = fullNameIn(person.account.claims)
  const typed = await newPasswordStep(form, { username, fullName, rules: parts.newPasswords })
  if ('problem' in typed) return { input: typed.problem }
  const { reference, clientAddress } = requestContext(ctx)
  const result = await parts.checkPassword({
    uid: accountId,
    realm: person.realm.name,
    username,
    ...typed,
    clientId: accountClientId,
    reference,
    clientAddress,
  })
  if (result.accountId === undefined) return result.problem
  if (result.accountId !== accountId) {
    throw new Fault('internal', 'the user name has become that of another account')
  }
  await parts.ownSessions.endOthers(ctx, accountId)
  await parts.accounts.save(accountId, { ...result.account, signedInAs: username })
  await parts.ownSessions.renew(ctx, ['pwd'])
  return undefined
}

function seeOther(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
}
