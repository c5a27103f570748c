import type Provider from 'oidc-provider'
import { errors } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import { requestContext } from '../../http/request-context.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { passwordGrantType } from '../access/access-to-tokens.ts'
import type { Proof } from '../access/proofs.ts'
import type { AccountChecks } from '../accounts/account-checks.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { accountOf } from '../accounts/find-account.ts'
import type { NewProof } from '../interaction.ts'
import { meanwhile } from '../storage/meanwhile.ts'
import type { AppSignIn, CheckAppPassword } from './app-password.ts'
import type { PasswordGate } from './password-gate.ts'
import { type PasswordContext, readPasswordRequest } from './password-request.ts'
import { type IssuedTokens, issuePasswordTokens } from './password-tokens.ts'

/**
 * RFC 6749 section 4.3: an app takes the user name and the password itself, for tokens. RFC 9700
 * section 2.4 says that it must not be used, and a client file has to allow it by a setting of its
 * own (`client-checks.ts`). Every no is the same `invalid_grant`, in the same time.
 */
export interface PasswordGrantParts {
  readonly checkAppPassword: CheckAppPassword
  readonly gate: PasswordGate
  readonly checks: Pick<AccountChecks, 'signedIn'>
  readonly accounts: Pick<Accounts, 'save'>
  readonly lifetimes: LifetimeSettings
  readonly clock: Pick<Clock, 'now'>
}

export function registerPasswordGrant(provider: Provider, parts: PasswordGrantParts): void {
  provider.registerGrantType(
    passwordGrantType,
    (ctx: PasswordContext) => passwordGrant(parts, ctx),
    ['username', 'password', 'scope', 'resource'],
    // RFC 8707 section 2: it may stand there twice, and then is refused for what it is.
    'resource',
  )
}

async function passwordGrant(parts: PasswordGrantParts, ctx: PasswordContext): Promise<void> {
  const { gate, clock, lifetimes } = parts
  const { client } = ctx.oidc
  const request = await readPasswordRequest(ctx)
  const { username, password } = request
  const { reference, clientAddress } = requestContext(ctx)
  const secondOpinion: Parameters<CheckAppPassword>[0]['secondOpinion'] = (person) =>
    gate.wantsSecondOpinion(client, person)
  const about = { secondOpinion, clientId: client.clientId, clientAddress, reference }
  const seconds = () => Math.floor(clock.now() / 1000)
  const checked = await parts.checkAppPassword({ username, password, ...about }, (signedIn) =>
    gate.refusal(ctx, accountIn(signedIn), dated(signedIn.proofs, seconds())),
  )
  if (checked.state === 'unavailable') throw unavailable(checked)
  if (checked.state === 'refused') throw new errors.InvalidGrant(checked.detail)

  const at = seconds()
  const { signedIn } = checked
  const granted = { request, account: accountIn(signedIn), at }
  const issued = await issuePasswordTokens(ctx, granted, lifetimes)
  const proofs = dated(signedIn.proofs, at)
  if (proofs.length > 0) gate.remember(issued.grantId, proofs)
  await meanwhile(remember(parts, signedIn, { at, ...issued }))
}

/** As after any sign-in, so that what rests on this one ends when the password is another. */
function remember(
  { checks, accounts }: PasswordGrantParts,
  { accountId, account }: AppSignIn,
  { at, grantId, isRenewable }: IssuedTokens & { readonly at: number },
): Promise<void> {
  // No browser has a session of it; the grant's name is one that nothing else has. Nothing rests on
  // a sign-in without a refresh token, and a list that is full of those would know no other.
  if (!isRenewable) return accounts.save(accountId, account)
  return checks.signedIn(accountId, account, { at, session: grantId })
}

function accountIn({ accountId, account }: AppSignIn) {
  return accountOf(accountId, account)
}

function dated(proofs: readonly NewProof[], at: number): readonly Proof[] {
  return proofs.map((proof) => ({ ...proof, at }))
}

/** RFC 6749 has a code for it, which it lists for the authorization endpoint: section 4.1.2.1. */
function unavailable({ text, detail }: { readonly text: string; readonly detail: string }): Error {
  const error = new errors.TemporarilyUnavailable(text, { detail })
  return Object.assign(error, { status: 503, statusCode: 503 })
}
