import type { Feature } from '../http/feature.ts'
import { sendPage } from '../http/layout.ts'
import { realmOfSub } from '../oidc/accounts/accounts.ts'
import type { AccountParts } from './account-parts.ts'
import { overviewPage } from './pages/overview.ts'
import { shown } from './visit.ts'

const path = '/account'

/** `/account`: what there is. */
export function overviewRoutes(parts: AccountParts): Feature {
  return {
    mount: (router) => {
      router.get(
        path,
        shown(parts, path, async ({ ctx, sub, username, session: { account } }) => {
          const [factors, sessions] = await Promise.all([
            parts.factors.of(sub),
            parts.ownSessions.list(ctx, sub),
          ])
          const name = account.claims['name']
          const realm = parts.realms.find((each) => each.name === realmOfSub(sub))
          const page = overviewPage({
            username,
            factors,
            sessions: sessions.length,
            changesPassword: realm?.changePasswords === true,
            ...(typeof name === 'string' && { name }),
          })
          sendPage(ctx, page, parts.organization)
        }),
      )
    },
  }
}
