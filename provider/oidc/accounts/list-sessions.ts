import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import type { Session } from 'oidc-provider'
import { accountClientId } from '../account-client.ts'
import { appNames } from '../clients/app-names.ts'
import type { AccountChecks } from './account-checks.ts'
import type { Accounts } from './accounts.ts'
import type { ListedSession } from './own-session.ts'
import type { SignIn } from './sign-ins.ts'
import { hasEnded } from './standing.ts'

interface ListParts {
  readonly accounts: Pick<Accounts, 'ended'>
  readonly checks: Pick<AccountChecks, 'signIns'>
}

/** What is signed in as somebody, the newest first: of their newest hundred sign-ins. */
export async function listSessions(
  provider: Provider,
  { accounts, checks }: ListParts,
  ctx: Context,
  accountId: string,
): Promise<readonly ListedSession[]> {
  const [{ uid: own }, signIns, ended] = await Promise.all([
    provider.Session.get(ctx),
    checks.signIns(accountId),
    accounts.ended(accountId),
  ])
  const uids = new Set([own, ...signIns.map(({ session }) => session)])
  const found = await Promise.all([...uids].map((uid) => provider.Session.findByUid(uid)))
  const living = found.filter((session): session is Session => {
    const isTheirs = session?.accountId === accountId && session.loginTs !== undefined
    return isTheirs && !hasEnded(ended, { at: session.loginTs ?? 0, session: session.uid })
  })
  const listed = await Promise.all(living.map((session) => view(provider, session, signIns)))
  return listed
    .map((each) => ({ ...each, isThis: each.id === own }))
    .toSorted((one, other) => other.at - one.at)
}

async function view(
  provider: Provider,
  { uid, loginTs = 0, authorizations = {} }: Session,
  signIns: readonly SignIn[],
): Promise<Omit<ListedSession, 'isThis'>> {
  const signIn = signIns.findLast(({ session }) => session === uid)
  const apps = Object.keys(authorizations).filter((id) => id !== accountClientId)
  return {
    id: uid,
    at: loginTs * 1000,
    ...(signIn?.address !== undefined && { address: signIn.address }),
    ...(signIn?.browser !== undefined && { browser: signIn.browser }),
    apps: [...(await appNames(provider, apps)).values()],
  }
}
