import { type Configuration, errors } from 'oidc-provider'

type Features = NonNullable<Configuration['features']>

/** What is switched on for everybody, without pages and secrets. */
export const features: Features = {
  // The library's own sign-in pages, which accept any password.
  devInteractions: { enabled: false },
  userinfo: { enabled: true },
  claimsParameter: { enabled: true },
  clientCredentials: { enabled: true },
  deviceFlow: { enabled: true, charset: 'base-20', mask: '****-****', deviceInfo: () => ({}) },
  pushedAuthorizationRequests: { enabled: true },
  dPoP: { enabled: true },
  backchannelLogout: { enabled: true },
  rpInitiatedLogout: { enabled: true },
  introspection: {
    enabled: true,
    // An API asks about tokens that others were given (RFC 7662); whoever can keep no secret
    // could be anybody, and learns about its own alone.
    allowedPolicy: (_ctx, client, token) =>
      client.clientAuthMethod !== 'none' || token.clientId === client.clientId,
  },
  revocation: {
    enabled: true,
    // RFC 7009 section 2.1: only its own. Whoever found a token somewhere must not be told so.
    allowedPolicy: (_ctx, client, token) => {
      if (token.clientId === client.clientId) return true
      if (client.clientAuthMethod === 'none') return false
      throw new errors.InvalidRequest('client is not authorized to revoke the presented token')
    },
  },
}
