import type { IncomingMessage } from 'node:http'
import type { Account, Client, KoaContextWithOIDC } from 'oidc-provider'
import type { ConditionalAccess } from '../../access/conditional-access.ts'
import type { Decision } from '../../access/decision.ts'
import type { Person } from '../../access/person.ts'
import type { ClientAppType } from '../../access/policy.ts'
import type { KnownAccount } from '../accounts/accounts.ts'
import { type Circumstances, circumstancesOf } from './access-circumstances.ts'

/** What policies say of the library's requests; each is decided once, however often it is asked. */
export interface AccessDecisions {
  /** Of a browser's request; `undefined` if there are no policies, or nobody has signed in yet. */
  here(ctx: KoaContextWithOIDC): Decision | undefined
  /** Of somebody who came under circumstances that are remembered. */
  remembered(
    ctx: KoaContextWithOIDC,
    account: Account,
    circumstances: Circumstances,
  ): Decision | undefined
  /** Of somebody who is just signing in. */
  foreseen(signIn: ForeseenSignIn, person: Person): Decision | undefined
  /** What was said before in the same request. */
  made(ctx: { readonly req: IncomingMessage }): Decision | undefined
}

export interface ForeseenSignIn {
  readonly client: Client
  readonly circumstances: Circumstances
}

export function createAccessDecisions(
  policies: Pick<ConditionalAccess, 'decide'>,
): AccessDecisions {
  const made = new WeakMap<IncomingMessage, Decision>()

  function decide(
    { req, oidc }: KoaContextWithOIDC,
    account: Account,
    circumstances: Circumstances,
  ): Decision | undefined {
    const decision = policies.decide({
      ...circumstances,
      person: { sub: account.accountId, claims: knownOf(account).claims },
      ...(oidc.client && appOf(oidc.client, circumstances)),
    })
    if (decision) made.set(req, decision)
    return decision
  }

  return {
    here: (ctx) => {
      const { account } = ctx.oidc
      return made.get(ctx.req) ?? (account && decide(ctx, account, circumstancesOf(ctx)))
    },
    remembered: decide,
    foreseen: ({ client, circumstances }, person) =>
      policies.decide({ ...circumstances, person, ...appOf(client, circumstances) }),
    made: ({ req }) => made.get(req),
  }
}

/** The library's account, with what we know of the person beside what apps are told. */
export function knownOf(account: Account): KnownAccount {
  return (account as Account & { readonly known: KnownAccount }).known
}

/** What the directory calls the person. */
export function userNameOf(account: Account): string | undefined {
  const name = knownOf(account).claims['preferred_username']
  return typeof name === 'string' ? name : undefined
}

function appOf(
  client: Client,
  { authenticationFlow, clientAppType }: Circumstances,
): { app: string; clientAppType: ClientAppType } {
  const isOnDevice = client.applicationType === 'native' || authenticationFlow === 'deviceCodeFlow'
  return {
    app: client.clientId,
    clientAppType: clientAppType ?? (isOnDevice ? 'mobileAppsAndDesktopClients' : 'browser'),
  }
}
