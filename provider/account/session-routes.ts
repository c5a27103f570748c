import type { Feature } from '../http/feature.ts'
import { sendPage } from '../http/layout.ts'
import type { AccountParts } from './account-parts.ts'
import { sessionsPage, signedOutEverywherePage } from './pages/sessions.ts'
import { shownPlace } from './shown-place.ts'
import { timesOf } from './times.ts'
import { type FormVisit, mountForms, seeOther, shown } from './visit.ts'

const path = '/account/sessions'

/** `/account/sessions`: where somebody is signed in, and how to end it. */
export function sessionRoutes(parts: AccountParts): Feature {
  const { ownSessions, rememberedBrowsers, organization } = parts
  const forms: Readonly<Record<string, (visit: FormVisit) => Promise<void>>> = {
    end: async ({ ctx, sub, form }) => {
      const id = form.get('session')
      if (id !== undefined) await ownSessions.end(ctx, sub, { id })
      seeOther(ctx, path)
    },
    'end-all': async ({ ctx, sub, form }) => {
      const isAll = form.get('which') === 'all'
      await ownSessions.end(ctx, sub, isAll ? 'all' : 'others')
      await rememberedBrowsers.revokeAll(sub)
      seeOther(ctx, isAll ? `${path}/ended` : path)
    },
  }
  return {
    mount: (router) => {
      router.get(
        path,
        shown(parts, path, async ({ ctx, sub, username, session }) => {
          const sessions = await ownSessions.list(ctx, sub)
          const placed = sessions.map((each) => ({
            ...each,
            place: shownPlace(parts, each.address),
          }))
          const times = timesOf(session.account)
          sendPage(ctx, sessionsPage({ username, sessions: placed, times }), organization)
        }),
      )
      mountForms(router, parts, path, forms)
      router.get(`${path}/ended`, (ctx) => sendPage(ctx, signedOutEverywherePage(), organization))
    },
  }
}
