import type Koa from 'koa'
import { type Clock, randomId } from '../../../shared/clock.ts'
import type { Pending, SignedIn } from './relying-party.ts'

/** What the demo app knows of one browser. It shares nothing with the provider's own session. */
export interface DemoSession {
  /** Sign-ins under way, by their `state`: two windows may each have one. */
  readonly pending: Map<string, Pending>
  signedIn?: SignedIn
}

/** In memory, behind a cookie. */
export interface DemoSessions {
  of(ctx: Koa.Context): DemoSession | undefined
  /** A new one under a new id, instead of any that the browser has. */
  begin(ctx: Koa.Context): DemoSession
  end(ctx: Koa.Context): void
}

const cookie = 'postern_demo'
// So that a script that never comes back cannot fill the memory.
const most = 1000

export function createDemoSessions(clock: Clock): DemoSessions {
  const sessions = new Map<string, DemoSession>()
  return {
    of: (ctx) => sessions.get(idOf(ctx)),
    begin: (ctx) => {
      sessions.delete(idOf(ctx))
      const session: DemoSession = { pending: new Map() }
      const name = randomId(clock)
      sessions.set(name, session)
      dropOldest(sessions, most)
      ctx.cookies.set(cookie, name, { path: '/demo', httpOnly: true, sameSite: 'lax' })
      return session
    },
    end: (ctx) => {
      sessions.delete(idOf(ctx))
    },
  }
}

function idOf(ctx: Koa.Context): string {
  return ctx.cookies.get(cookie) ?? ''
}

/** A Map keeps the order in which its entries came. */
export function dropOldest(entries: Map<string, unknown>, keep: number): void {
  for (const name of entries.keys()) {
    if (entries.size <= keep) return
    entries.delete(name)
  }
}
