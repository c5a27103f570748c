import type Router from '@koa/router'
import type { Context } from 'koa'
import { type Form, readForm } from '../http/form.ts'
import { sendPage } from '../http/layout.ts'
import type { AccountPath } from '../oidc/account-client.ts'
import type { OwnSession } from '../oidc/accounts/own-session.ts'
import type { AccountParts } from './account-parts.ts'
import { signInFirstPage } from './pages/sign-in-first.ts'

/** Somebody at one of their own pages. */
export interface Visit {
  readonly ctx: Context
  readonly session: OwnSession
  readonly sub: string
  /** As they know themselves. */
  readonly username: string
  /** The page's tab. */
  readonly path: AccountPath
}

export interface FormVisit extends Visit {
  readonly form: Form
}

type VisitParts = Pick<AccountParts, 'ownSessions' | 'organization'>

/**
 * Shows a page to whoever is signed in; anybody else signs in first, and comes back.
 * @param path to come back to, of the page's own or its tab's
 */
export function shown(
  parts: VisitParts,
  path: AccountPath,
  show: (visit: Visit) => Promise<void>,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const session = await parts.ownSessions.find(ctx)
    const signIn = parts.ownSessions.signInFor(path)
    // They were to sign in, and did not: sending them again would be a circle.
    if (session === undefined && ctx.query['error'] !== undefined) {
      return sendPage(ctx, signInFirstPage(signIn), parts.organization)
    }
    if (session === undefined) return seeOther(ctx, signIn)
    // Back from signing in: nobody needs the code, and it should stand in no history.
    if (ctx.query['code'] !== undefined || ctx.query['error'] !== undefined) {
      return seeOther(ctx, ctx.path)
    }
    await show(visitOf(ctx, session, path))
  }
}

/**
 * Takes a form of such a page. One that was on somebody else's, who has since gone, or of somebody
 * who has since signed out, changes nothing: the page is shown to whoever it is now.
 */
export function taken(
  parts: VisitParts,
  path: AccountPath,
  take: (visit: FormVisit) => Promise<void>,
): (ctx: Context) => Promise<void> {
  return async (ctx) => {
    const form = await readForm(ctx)
    const session = await parts.ownSessions.find(ctx)
    if (session === undefined) return seeOther(ctx, path)
    const visit = visitOf(ctx, session, path)
    const whose = form.get('username')
    if (whose !== undefined && whose !== visit.username) return seeOther(ctx, path)
    await take({ ...visit, form })
  }
}

/** @param forms by the last part of their addresses, below the page's own */
export function mountForms(
  router: Router,
  parts: VisitParts,
  path: AccountPath,
  forms: Readonly<Record<string, (visit: FormVisit) => Promise<void>>>,
): void {
  for (const [name, take] of Object.entries(forms)) {
    router.post(`${path}/${name}`, taken(parts, path, take))
    // Who loads a form's address, after an error page say, means its page.
    router.get(`${path}/${name}`, (ctx) => seeOther(ctx, path))
  }
}

function visitOf(ctx: Context, session: OwnSession, path: AccountPath): Visit {
  const { accountId: sub, account } = session
  const named = account.signedInAs ?? account.claims['preferred_username']
  return { ctx, session, sub, username: typeof named === 'string' ? named : '', path }
}

export function seeOther(ctx: Context, url: string): void {
  ctx.redirect(url)
  ctx.status = 303
}
