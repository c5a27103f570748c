import type Provider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'
import { asFault } from '../../shared/fault.ts'
import { loggedPath } from '../http/logged-path.ts'
import { requestContext } from '../http/request-context.ts'
import { explainFault, explainRefusal } from './error-answers.ts'

/**
 * What the library does, in the log: mistakes of apps at `info`, since anybody can make them;
 * signs of theft at `warn`; our own faults at `error`; what went well at `debug`. Each line
 * carries the reference of its request. Never a token, code or secret.
 */
export function logEvents(provider: Provider): void {
  for (const event of refusals) provider.on(event as 'grant.error', logRefusal(event))
  provider.on('grant.error', explainRefusal)
  provider.on('server_error', logFault)
  provider.on('grant.success', (ctx) => {
    const grantType = ctx.oidc.params?.['grant_type']
    requestContext(ctx).log.debug({ ...about(ctx), grantType }, 'tokens issued')
  })
  provider.on('authorization.success', (ctx) =>
    requestContext(ctx).log.debug(about(ctx), 'authorization given'),
  )
  provider.on('grant.revoked', (ctx) =>
    requestContext(ctx).log.info(about(ctx), 'a grant and all its tokens revoked'),
  )
  provider.on('end_session.success', (ctx) =>
    requestContext(ctx).log.debug(about(ctx), 'signed out'),
  )
  provider.on('backchannel.success', (ctx, client) =>
    requestContext(ctx).log.debug({ client: client.clientId }, 'app told of the sign-out'),
  )
  provider.on('backchannel.error', (ctx, err, client) =>
    requestContext(ctx).log.warn(
      { client: client.clientId, uri: client.backchannelLogoutUri, detail: reason(err) },
      'app could not be told of the sign-out',
    ),
  )
}

const refusals = [
  'authorization.error',
  'grant.error',
  'device_authorization.error',
  'code_verification.error',
  'device_resume.error',
  'pushed_authorization_request.error',
  'userinfo.error',
  'introspection.error',
  'revocation.error',
  'end_session.error',
  'end_session_confirm.error',
  'end_session_success.error',
  'discovery.error',
  'jwks.error',
]

function logRefusal(event: string): (ctx: KoaContextWithOIDC, error: Error) => void {
  return (ctx, thrown) => {
    const { log } = requestContext(ctx)
    if (!(thrown instanceof errors.OIDCProviderError)) {
      // A device's code that was mistyped. The page has said so.
      log.debug({ ...about(ctx), event, detail: thrown.message }, 'refused')
      return
    }
    const { error, error_description: description, error_detail: detail } = thrown
    const line = { ...about(ctx), event, error, description, detail }
    if (waiting.has(error)) log.debug(line, 'not yet')
    else if (isTheft(detail)) log.warn(line, 'used twice: perhaps stolen, so its grant is revoked')
    else log.info(line, 'refused')
  }
}

// What a device or a DPoP client hears in the ordinary course of things.
const waiting: ReadonlySet<string> = new Set([
  'authorization_pending',
  'slow_down',
  'use_dpop_nonce',
])

function isTheft(detail: string | undefined): boolean {
  return /already (used|consumed)$/.test(detail ?? '')
}

function logFault(ctx: KoaContextWithOIDC, thrown: Error): void {
  const { code: faultCode, message: detail, cause } = asFault(thrown)
  const line = { ...about(ctx), faultCode, detail, ...(cause !== undefined && { err: cause }) }
  requestContext(ctx).log.error(line, 'request failed')
  explainFault(ctx, thrown)
}

function about(ctx: KoaContextWithOIDC): object {
  const { oidc, method } = ctx
  return { method, path: loggedPath(ctx), route: oidc.route, client: oidc.client?.clientId }
}

// `fetch` says "fetch failed" and puts what happened into the cause.
function reason({ message, cause }: Error): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message
}
