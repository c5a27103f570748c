import type { Client, KoaContextWithOIDC } from 'oidc-provider'

/** Whether the app that asks is the organization's own, which needs no consent. */
export function isFirstParty({ oidc }: KoaContextWithOIDC): boolean {
  return isFirstPartyClient(oidc.client)
}

export function isFirstPartyClient(client: Client | undefined): boolean {
  return client?.['first_party'] === true
}
