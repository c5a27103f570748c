import type { Client, KoaContextWithOIDC } from 'oidc-provider'
import { isLoopback } from './clients/loopback.ts'

/**
 * Which pages may read our answers (Fetch Standard, CORS): those of the origins that the app's
 * redirect addresses lead to, so that there is no second list to keep. Only for public clients,
 * since a browser cannot hold a secret; but anybody's page may use a token it holds at the
 * userinfo endpoint (OpenID Connect Core 1.0 section 5.3). Never `null`, the origin of a sandboxed
 * frame, which is everybody's.
 */
export function allowsOrigin(ctx: KoaContextWithOIDC, origin: string, client: Client): boolean {
  if (client.clientAuthMethod !== 'none' && ctx.oidc.route !== 'userinfo') return false
  if (client['loopback_redirects'] === true && isLoopback(origin)) return true
  return (client.redirectUris ?? []).some((uri) => originOf(uri) === origin)
}

// Of a private-use scheme it is the text "null".
function originOf(uri: string): string | undefined {
  const origin = URL.parse(uri)?.origin
  return origin === 'null' ? undefined : origin
}
