import type { IncomingMessage } from 'node:http'
import type { Context } from 'koa'
import type Provider from 'oidc-provider'
import { type Client, type Interaction as Details, errors } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { circumstancesOfSignIn } from './access/access-circumstances.ts'
import type { AccessGate } from './access/access-gate.ts'
import { refusedPrompt, stepUpPrompt } from './access/access-prompt.ts'
import type { Proof } from './access/proofs.ts'
import type { Accounts } from './accounts/accounts.ts'
import { hasEnded } from './accounts/standing.ts'
import { isFirstPartyClient } from './clients/first-party.ts'
import type {
  Demand,
  Interaction,
  InteractionClient,
  Interactions,
  NewProof,
  Refusal,
} from './interaction.ts'

export interface InteractionParts {
  readonly gate: Pick<AccessGate, 'foresees' | 'allowsPage'>
  readonly accounts: Pick<Accounts, 'find' | 'ended'>
  readonly clock: Clock
}

/** The sign-in pages' door to the library. @param current the instance of the moment */
export function createInteractions(current: () => Provider, parts: InteractionParts): Interactions {
  const { gate, clock } = parts
  const seconds = () => Math.floor(clock.now() / 1000)

  const shownSoFar = async (ctx: Context, now: readonly NewProof[], accountId?: string) => {
    const details = await detailsOf(current(), ctx)
    // What somebody else has shown in the same browser says nothing of whoever signs in now.
    const isOfOther = accountId !== undefined && details.session?.accountId !== accountId
    const before = isOfOther ? [] : proofsIn(details)
    const proofs = [...before, ...now.map((proof) => ({ ...proof, at: seconds() }))]
    return { proofs }
  }

  return {
    load: async (ctx) => {
      const details = await detailsOf(current(), ctx)
      const client = await clientOf(current(), details)
      const loaded = interaction(details, client)
      if (loaded.demand !== undefined) await refuseEnded(current(), ctx, parts, loaded.demand)
      return loaded
    },
    foresee: async (ctx) => {
      const details = await detailsOf(current(), ctx)
      const client = await clientOf(current(), details)
      const circumstances = circumstancesOfSignIn(ctx, details)
      return (person) => gate.foresees({ client, circumstances }, person)
    },
    mayRegister: async (ctx, shown = []) =>
      mayRegister(parts, ctx, { details: await detailsOf(current(), ctx), shown }),
    keep: async (ctx, kept) => {
      const details = await detailsOf(current(), ctx)
      // The library carries a result along as it is, and asks for the sign-in as long as there is
      // none in it.
      details.result = { kept }
      await details.persist()
    },
    finishLogin: async (ctx, { accountId, account, amr, proofs = [], at }) => {
      // By our own clock, as what ends sign-ins is.
      const ts = at === undefined ? seconds() : Math.floor(at / 1000)
      if (at !== undefined) await refuseOld(parts, accountId, ts)
      const login = { accountId, ts, amr: [...amr] }
      const shown = await shownSoFar(ctx, proofs, accountId)
      await finish(current(), ctx, { login, account, ...shown })
    },
    finishStepUp: async (ctx, proofs) => {
      await finish(current(), ctx, await shownSoFar(ctx, proofs))
    },
    finishConsent: async (ctx) => {
      const provider = current()
      const grantId = await grantRequested(provider, await detailsOf(provider, ctx))
      await finish(provider, ctx, { consent: { grantId } })
    },
    refuse: async (ctx, error, description) => {
      await finish(current(), ctx, { error, error_description: description })
    },
  }
}

/**
 * Who is asked for more has been signed out meanwhile, perhaps since it is not them: they must not
 * come to set up a factor on a page that they still have.
 */
async function refuseEnded(
  provider: Provider,
  ctx: Context,
  { accounts }: Pick<InteractionParts, 'accounts'>,
  { sub }: Pick<Demand, 'sub'>,
): Promise<void> {
  const [session, ended] = await Promise.all([provider.Session.get(ctx), accounts.ended(sub)])
  const { accountId, loginTs: at, uid } = session
  if (accountId === sub && at !== undefined && !hasEnded(ended, { at, session: uid })) return
  throw new Fault('signInExpired', 'the session that was asked for more has ended')
}

/** What they had to be told was left open, and they have been signed out everywhere since. */
async function refuseOld(
  { accounts }: Pick<InteractionParts, 'accounts'>,
  sub: string,
  at: number,
): Promise<void> {
  if (!hasEnded(await accounts.ended(sub), { at, session: undefined })) return
  throw new Fault('signInExpired', 'the sign-in was ended before it was over')
}

async function mayRegister(
  { gate, accounts }: Pick<InteractionParts, 'gate' | 'accounts'>,
  ctx: Context,
  { details, shown }: { readonly details: Details; readonly shown: readonly NewProof[] },
): Promise<boolean> {
  const { session } = details
  const account = session && (await accounts.find(session.accountId))
  if (session === undefined || account === undefined) return false
  return gate.allowsPage(ctx, {
    person: { sub: session.accountId, claims: account.claims },
    uid: session.uid,
    amr: session.amr ?? [],
    userAction: 'urn:user:registersecurityinfo',
    proofs: [...proofsIn(details), ...shown],
  })
}

/** What was shown on our pages so far, in the course of one authorization. */
function proofsIn({ lastSubmission }: Details): readonly Proof[] {
  return (lastSubmission?.['proofs'] ?? []) as readonly Proof[]
}

// A request that ends an interaction has looked at it before; the store is asked once.
const seen = new WeakMap<IncomingMessage, Details>()

async function detailsOf(provider: Provider, ctx: Context): Promise<Details> {
  const known = seen.get(ctx.req)
  if (known !== undefined) return known
  const details = await provider.interactionDetails(ctx.req, ctx.res).catch(expired)
  const params = ctx['params'] as { uid?: string } | undefined
  // The cookie is kept to its path by the browser, and a path is no secret.
  if (details.uid !== params?.uid) {
    throw new Fault('signInExpired', 'the cookie is of another interaction')
  }
  seen.set(ctx.req, details)
  return details
}

function expired(thrown: unknown): never {
  if (!(thrown instanceof errors.SessionNotFound)) throw thrown
  throw new Fault('signInExpired', thrown.error_description ?? thrown.message, { cause: thrown })
}

async function clientOf(provider: Provider, details: Details): Promise<Client> {
  const client = await provider.Client.find(String(details.params['client_id']))
  if (client !== undefined) return client
  throw new Fault('signInExpired', 'the client was removed meanwhile')
}

function interaction(details: Details, client: Client): Interaction {
  const { params, prompt, session } = details
  const { missingOIDCScope, missingResourceScopes } = prompt.details
  const loginHint = params['login_hint']
  const returnsTo = params['redirect_uri']
  return {
    uid: details.uid,
    ...asked(prompt),
    client: interactionClient(client),
    ...(details.deviceCode !== undefined && { isForDevice: true as const }),
    ...(typeof loginHint === 'string' && { loginHint }),
    ...(session !== undefined && { accountId: session.accountId }),
    missingScopes: (missingOIDCScope ?? []) as readonly string[],
    missingResourceScopes: (missingResourceScopes ?? {}) as Interaction['missingResourceScopes'],
    returnSources: typeof returnsTo === 'string' ? [source(returnsTo)] : [],
    kept: details.result?.['kept'],
  }
}

type Asked = Pick<Interaction, 'prompt' | 'demand' | 'refusal'>

function asked({ name, details }: Details['prompt']): Asked {
  if (name === stepUpPrompt) return { prompt: 'stepUp', demand: details['demand'] as Demand }
  if (name === refusedPrompt) {
    return { prompt: 'refused', refusal: details['refusal'] as Refusal }
  }
  return { prompt: name === 'consent' ? 'consent' : 'login' }
}

function interactionClient(client: Client): InteractionClient {
  const { clientId, clientName, logoUri, policyUri, tosUri } = client
  return {
    id: clientId,
    name: clientName ?? clientId,
    firstParty: isFirstPartyClient(client),
    ...(logoUri !== undefined && { logoUri }),
    ...(policyUri !== undefined && { policyUri }),
    ...(tosUri !== undefined && { termsUri: tosUri }),
  }
}

// A private-use scheme has no origin.
function source(uri: string): string {
  const { origin, protocol } = new URL(uri)
  return origin === 'null' ? protocol : origin
}

/** Puts all that the app asked for, and the person saw, into its grant. */
async function grantRequested(provider: Provider, details: Details): Promise<string> {
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes } = details.prompt.details
  const found =
    details.grantId === undefined ? undefined : await provider.Grant.find(details.grantId)
  const grant =
    found ??
    new provider.Grant({
      clientId: String(details.params['client_id']),
      accountId: details.session?.accountId,
    })
  if (Array.isArray(missingOIDCScope)) grant.addOIDCScope(missingOIDCScope as string[])
  if (Array.isArray(missingOIDCClaims)) grant.addOIDCClaims(missingOIDCClaims as string[])
  for (const [identifier, scopes] of Object.entries(missingResourceScopes ?? {})) {
    grant.addResourceScope(identifier, scopes as string[])
  }
  return grant.save()
}

/** What the library's `interactionResult` does, without reading the interaction once more. */
async function finish(
  provider: Provider,
  ctx: Context,
  result: NonNullable<Details['result']>,
): Promise<void> {
  const details = await detailsOf(provider, ctx)
  // What the directory said is news in the interaction that asked it, and in no later one.
  const { account: _account, ...carried } = details.lastSubmission ?? {}
  const before = result['error'] === undefined ? carried : undefined
  details.result = { ...before, ...result }
  await details.persist()
  // RFC 9110 section 15.4.4: go on with GET, and do not send the form's fields along.
  ctx.status = 303
  ctx.redirect(details.returnTo)
}
