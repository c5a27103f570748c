import { type Client, type ClientMetadata, type Configuration, Provider } from 'oidc-provider'
import { fixOrigin } from '../http/request-context.ts'
import { isLoopback } from './clients/loopback.ts'
import type { ClientTrial } from './clients/read-client.ts'

/** The only place where oidc-provider is constructed. */
export function buildProvider(issuer: string, configuration: Configuration): Provider {
  const provider = new Provider(issuer, configuration)
  // It makes contexts of its own, which have to know the issuer's origin as ours do.
  fixOrigin(provider, issuer)
  allowLoopback(provider)
  return provider
}

/** The library's own rules for clients, as a function that throws. */
export function clientTrial(provider: Provider): ClientTrial {
  // The typings leave the constructor's argument out; `Client.validate` is the same, but async.
  const Trial = provider.Client as unknown as new (metadata: ClientMetadata) => Client
  return (metadata) => void new Trial(metadata)
}

// The library's documented way to wider redirect addresses: its methods, overridden.
function allowLoopback(provider: Provider): void {
  const { prototype } = provider.Client as unknown as { prototype: RedirectChecks }
  for (const name of ['redirectUriAllowed', 'postLogoutRedirectUriAllowed'] as const) {
    const original = prototype[name]
    prototype[name] = function allowed(uri) {
      const isOpen = this['loopback_redirects'] === true && isLoopback(uri)
      return isOpen || original.call(this, uri)
    }
  }
}

type RedirectCheck = (this: Client, uri: string) => boolean
type RedirectChecks = Record<'redirectUriAllowed' | 'postLogoutRedirectUriAllowed', RedirectCheck>
