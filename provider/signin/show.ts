import type { Context } from 'koa'
import { type Page, sendPage } from '../http/layout.ts'
import type { Accounts } from '../oidc/accounts.ts'
import type { Interaction, Interactions } from '../oidc/interaction.ts'
import type { OrganizationSettings, ResourceSettings } from '../settings.ts'
import type { Attempt } from './attempt.ts'
import { consentRequest } from './consent-request.ts'
import { changedElsewhere, type Message, messageOf } from './messages.ts'
import { nextStep } from './next-step.ts'
import { consentPage } from './pages/consent.ts'
import { type ExpiresSoonPage, expiresSoonPage } from './pages/expires-soon.ts'
import { newPasswordPage } from './pages/new-password.ts'
import { passwordPage } from './pages/password.ts'
import { refusedPage } from './pages/refused.ts'
import { usernamePage } from './pages/username.ts'
import type { SigninRealm } from './realm.ts'
import type { SamplePerson } from './sample-person.ts'
import { isUsername } from './username-step.ts'

/** Answers with the page of the step that an attempt has come to. */
export type Show = (ctx: Context, interaction: Interaction, attempt: Attempt) => Promise<void>

export function createShow(parts: {
  readonly interactions: Interactions
  readonly accounts: Pick<Accounts, 'find'>
  readonly organization: OrganizationSettings
  readonly resources: readonly ResourceSettings[]
  readonly people: readonly SamplePerson[]
  readonly realms: readonly SigninRealm[]
}): Show {
  const send = (ctx: Context, page: Page, status = 200) => {
    ctx.status = status
    sendPage(ctx, page, parts.organization)
  }
  return async (ctx, interaction, attempt) => {
    const step = nextStep(interaction, attempt)
    const common = {
      interaction,
      action: signinPath(interaction.uid),
      ...messageIn(attempt, parts.realms),
    }
    switch (step.name) {
      case 'username': {
        const username = attempt.username ?? usableHint(interaction.loginHint)
        return send(ctx, usernamePage({ ...common, username, people: parts.people }))
      }
      case 'password': {
        const known = parts.people.find(({ username }) => username === step.username)
        const password = known && { password: known.password }
        return send(ctx, passwordPage({ ...common, ...password, username: step.username }))
      }
      case 'newPassword': {
        const { username, because } = step
        const organization = parts.organization.name
        return send(ctx, newPasswordPage({ ...common, username, because, organization }))
      }
      case 'expiresSoon':
        return send(
          ctx,
          expiresSoonPage({ ...common, days: step.days, ...leftIn(attempt, parts.realms) }),
        )
      case 'consent': {
        const person = await personOf(interaction, parts.accounts)
        const request = consentRequest(interaction, parts.resources)
        return send(ctx, consentPage({ ...common, ...person, request }))
      }
      case 'refused':
        return send(ctx, refusedPage({ ...common, refusal: step.refusal }), 403)
      case 'grant':
        return parts.interactions.finishConsent(ctx)
    }
  }
}

function messageIn(
  { problem, realm }: Attempt,
  realms: readonly SigninRealm[],
): { message?: Message } {
  const own = realms.find(({ name }) => name === realm)
  return problem ? { message: messageOf(problem, own) } : {}
}

/** What can still be done with a password that expires, or has expired. */
function leftIn(
  { accepted, realm }: Attempt,
  realms: readonly SigninRealm[],
): Pick<ExpiresSoonPage, 'signInsLeft' | 'elsewhere'> {
  const { signInsLeft } = accepted?.account ?? {}
  const own = realms.find(({ name }) => name === realm)
  return {
    ...(signInsLeft !== undefined && { signInsLeft }),
    ...(own?.changePasswords !== true && { elsewhere: changedElsewhere(own?.passwordHelp) }),
  }
}

/** Where a sign-in lives; every form of it is below. */
export function signinPath(uid: string): string {
  return `/interaction/${encodeURIComponent(uid)}`
}

// The app, or whoever made up the link, may write anything there.
function usableHint(hint: string | undefined): string {
  return hint !== undefined && isUsername(hint) ? hint : ''
}

async function personOf(
  { accountId }: Interaction,
  accounts: Pick<Accounts, 'find'>,
): Promise<{ person?: string }> {
  const account = accountId === undefined ? undefined : await accounts.find(accountId)
  const claims = account?.claims
  const person = claims?.['preferred_username'] ?? claims?.['email'] ?? claims?.['name']
  return typeof person === 'string' ? { person } : {}
}
