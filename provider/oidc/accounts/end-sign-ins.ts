import type { Client, KoaContextWithOIDC, Session } from 'oidc-provider'
import type { Store } from '../../../shared/store.ts'
import { requestContext } from '../../http/request-context.ts'
import { revokeGrant } from '../storage/model-adapter.ts'
import { deleteSession } from '../storage/session-adapter.ts'
import type { AccountChecks, Standing } from './account-checks.ts'
import type { SignIn } from './sign-ins.ts'

type IsOver = Omit<Extract<Standing, { state: 'over' }>, 'state'>

/** Ends what rests on sign-ins that are over. @param grantId of what was about to be used */
export type EndSignIns = (
  ctx: KoaContextWithOIDC,
  sub: string,
  over: IsOver & { readonly grantId: string | undefined },
) => Promise<void>

/**
 * Every session of the person that the end concerns, with the grants of its apps; the apps that
 * asked for it are told by back-channel logout, as when the person signs out. Done before the
 * answer: whoever is refused is out everywhere.
 */
export function createEndSignIns(parts: {
  readonly checks: Pick<AccountChecks, 'signIns'>
  readonly store: Store
}): EndSignIns {
  const { checks, store } = parts
  return async (ctx, sub, { why, ends, grantId }) => {
    const sessions = await sessionsOf(ctx, sub, await checks.signIns(sub))
    const ending = sessions.filter(({ loginTs = 0, uid }) => ends({ at: loginTs, session: uid }))
    const goingOn = sessions.filter((session) => !ending.includes(session))
    await Promise.all(ending.map(async (session) => endSession(ctx, store, session)))
    // A browser in which the password was changed has the same grants as before it.
    if (!goingOn.some((session) => grantsOf(session).includes(grantId))) {
      await endGrant(ctx, store, grantId)
    }
    const facts = { sub, why, sessions: ending.length }
    requestContext(ctx).log.info(facts, 'what rests on a sign-in has ended')
  }
}

async function sessionsOf(
  { oidc }: KoaContextWithOIDC,
  sub: string,
  signIns: readonly SignIn[],
): Promise<readonly Session[]> {
  const uids = new Set(signIns.map(({ session }) => session))
  if (oidc.session?.accountId === sub) uids.add(oidc.session.uid)
  const found = await Promise.all([...uids].map((uid) => oidc.provider.Session.findByUid(uid)))
  return found.filter((session) => session?.accountId === sub) as Session[]
}

function grantsOf({ authorizations = {} }: Session): readonly (string | undefined)[] {
  return Object.values(authorizations).map(({ grantId }) => grantId)
}

async function endSession(ctx: KoaContextWithOIDC, store: Store, session: Session): Promise<void> {
  const { provider } = ctx.oidc
  // First the grants: no app is to get a token from what it is being told has ended.
  const apps = Object.entries(session.authorizations ?? {})
  await Promise.all(apps.map(([, { grantId }]) => endGrant(ctx, store, grantId)))
  await deleteSession(store, session)
  await Promise.all(
    apps.map(async ([clientId, { sid }]) => {
      const client = await provider.Client.find(clientId)
      if (client?.backchannelLogoutUri) await tell(ctx, client, String(session.accountId), sid)
    }),
  )
}

async function endGrant(
  ctx: KoaContextWithOIDC,
  store: Store,
  grantId: string | undefined,
): Promise<void> {
  if (grantId === undefined) return
  await revokeGrant(store, grantId)
  ctx.oidc.provider.emit('grant.revoked', ctx, grantId)
}

async function tell(
  ctx: KoaContextWithOIDC,
  client: Client,
  sub: string,
  sid: string | undefined,
): Promise<void> {
  const { provider } = ctx.oidc
  const told = (client as BackchannelClient).backchannelLogout(sub, sid)
  await told.then(
    () => provider.emit('backchannel.success', ctx, client, sub, sid),
    (error: Error) => provider.emit('backchannel.error', ctx, error, client, sub, sid),
  )
}

// The typings leave it out.
type BackchannelClient = Client & {
  backchannelLogout(sub: string, sid: string | undefined): Promise<void>
}
