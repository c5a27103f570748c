import type Koa from 'koa'
import type { Feature } from '../../../provider/http/feature.ts'
import { readForm } from '../../../provider/http/form.ts'
import type { Clock } from '../../../shared/clock.ts'
import { icon, sendDemoPage, stylesheet } from './frame.ts'
import { problemPage, signedInPage, startPage } from './pages.ts'
import { createRelyingParty, type DemoClient, type RelyingParty } from './relying-party.ts'
import { createDemoSessions, type DemoSessions, dropOldest } from './sessions.ts'
import { ways } from './ways.ts'

/**
 * Local mode's demo app: a relying party of its own at `/demo`, which happens to live in the
 * provider's process. It knows the provider by its issuer address alone, and shows what an app gets.
 */
export function demo(parts: {
  readonly issuer: string
  readonly clients: readonly DemoClient[]
  readonly clock: Clock
}): Feature {
  const { issuer, clients, clock } = parts
  const party = createRelyingParty(issuer, clients)
  const app: Demo = { issuer, party, sessions: createDemoSessions(clock) }
  return {
    mount: (router) => {
      for (const { path, serve } of [stylesheet, icon]) router.get(path, serve)
      router.get('/demo', inPlainWords(app, show))
      router.get('/demo/sign-in/:way', inPlainWords(app, signIn))
      router.get('/demo/callback', inPlainWords(app, callback))
      router.post('/demo/refresh', inPlainWords(app, refresh))
      router.post('/demo/sign-out', inPlainWords(app, signOut))
    },
  }
}

interface Demo {
  readonly issuer: string
  readonly party: RelyingParty
  readonly sessions: DemoSessions
}

type Handler = (ctx: Koa.Context, app: Demo) => Promise<void> | void

function show(ctx: Koa.Context, { issuer, sessions }: Demo): void {
  // Under another name of this machine the browser would not send our cookie to the callback.
  if (isOtherLoopbackName(ctx.get('host'), issuer)) return ctx.redirect(`${issuer}/demo`)
  const signedIn = sessions.of(ctx)?.signedIn
  sendDemoPage(ctx, signedIn ? signedInPage(signedIn) : startPage(issuer))
}

async function signIn(ctx: Koa.Context, { party, sessions }: Demo): Promise<void> {
  const way = ways.find(({ id }) => ctx.path.endsWith(`/${id}`))
  if (way === undefined) return ctx.redirect('/demo')
  const { url, pending } = await party.start(way)
  const session = sessions.of(ctx) ?? sessions.begin(ctx)
  session.pending.set(pending.state, pending)
  dropOldest(session.pending, 10)
  ctx.redirect(url.href)
}

async function callback(ctx: Koa.Context, { issuer, party, sessions }: Demo): Promise<void> {
  const state = String(ctx.query['state'] ?? '')
  const pending = sessions.of(ctx)?.pending.get(state)
  if (pending === undefined)
    throw new Error('this browser has no sign-in under way with that state')
  sessions.of(ctx)?.pending.delete(state)
  const signedIn = await party.finish(new URL(`${issuer}/demo/callback${ctx.search}`), pending)
  // New rights, new id: whoever planted the old one in this browser has nothing (session fixation).
  sessions.begin(ctx).signedIn = signedIn
  ctx.redirect('/demo')
}

async function refresh(ctx: Koa.Context, { party, sessions }: Demo): Promise<void> {
  await readForm(ctx)
  const session = sessions.of(ctx)
  if (session?.signedIn) session.signedIn = await party.refresh(session.signedIn)
  seeOther(ctx, '/demo')
}

async function signOut(ctx: Koa.Context, { party, sessions }: Demo): Promise<void> {
  await readForm(ctx)
  const signedIn = sessions.of(ctx)?.signedIn
  // The app's own session ends first: whatever the provider then says, this app is done.
  sessions.end(ctx)
  seeOther(ctx, signedIn ? (await party.signOutUrl(signedIn)).href : '/demo')
}

/** An app tells its developer what went wrong; the provider's own error page would not know. */
function inPlainWords(app: Demo, handle: Handler): (ctx: Koa.Context) => Promise<void> {
  return async (ctx) => {
    try {
      await handle(ctx, app)
    } catch (thrown) {
      ctx.status = 400
      sendDemoPage(ctx, problemPage(thrown))
    }
  }
}

// A POST that is answered with 302 may be repeated as a POST; 303 asks for a GET.
function seeOther(ctx: Koa.Context, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}

function isOtherLoopbackName(host: string, issuer: string): boolean {
  const names = new Set(['localhost', '127.0.0.1', '[::1]'])
  const [asked, own] = [URL.parse(`http://${host}`)?.hostname ?? '', new URL(issuer).hostname]
  return asked !== own && names.has(asked) && names.has(own)
}
