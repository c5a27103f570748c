import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Store } from '../../../shared/store.ts'
import type { AccountChecks } from './account-checks.ts'
import type { Accounts } from './accounts.ts'
import { createEndSignIns } from './end-sign-ins.ts'
import type { OwnSessions } from './own-session.ts'
import type { SignInName } from './sign-ins.ts'

/** Ending sessions from pages of the person's own. @param current the library's instance */
export function endOwnSessions(
  current: () => Provider,
  parts: {
    readonly accounts: Pick<Accounts, 'endSessions'>
    readonly checks: Pick<AccountChecks, 'signIns'>
    /** Sealed. */
    readonly store: Store
  },
): Pick<OwnSessions, 'end' | 'endOthers'> {
  const { accounts, checks } = parts
  const endSignIns = createEndSignIns(parts)
  return {
    endOthers: async (ctx, accountId) => {
      const inside = contextOf(current(), ctx)
      const { uid } = await current().Session.get(inside)
      const isOther = ({ session }: SignInName) => session !== uid
      const past = await checks.signIns(accountId)
      // First what holds everywhere and for good, then what is known of each.
      await accounts.endSessions(accountId, past.filter(isOther))
      const ending = { why: 'passwordChanged', ends: isOther, grantId: undefined } as const
      await endSignIns(inside, accountId, ending)
    },
    end: async (ctx, accountId, which) => {
      const inside = contextOf(current(), ctx)
      const { uid } = await current().Session.get(inside)
      const ends = ({ session }: SignInName): boolean => {
        if (typeof which === 'object') return session === which.id
        return which === 'all' || session !== uid
      }
      if (typeof which === 'string') {
        // What no list knows has ended with it: it began before.
        const past = (await checks.signIns(accountId)).filter(ends)
        await accounts.endSessions(accountId, past, which === 'others' ? uid : undefined)
      }
      await endSignIns(inside, accountId, { why: 'ended', ends, grantId: undefined })
    },
  }
}

/** As the library makes it for requests that are its own. */
function contextOf(provider: Provider, { req, res }: Context): KoaContextWithOIDC {
  const ctx = provider.createContext(req, res) as KoaContextWithOIDC
  return Object.assign(ctx, { oidc: new provider.OIDCContext(ctx) })
}
