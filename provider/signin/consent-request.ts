import type { Interaction } from '../oidc/interaction.ts'
import type { ResourceSettings } from '../settings.ts'

/** What an app asks for, in the words of the consent page. */
export interface ConsentRequest {
  /** About the person. */
  readonly own: readonly string[]
  /** About other services, each with what the app may do there. */
  readonly resources: readonly { readonly name: string; readonly scopes: readonly string[] }[]
}

/** PURE. Scopes in plain words; one nobody has described is shown as it is, never left out. */
export function consentRequest(
  interaction: Pick<Interaction, 'missingScopes' | 'missingResourceScopes'>,
  resources: readonly ResourceSettings[],
): ConsentRequest {
  return {
    own: interaction.missingScopes.map((scope) => words.get(scope) ?? `Use “${scope}”`),
    resources: Object.entries(interaction.missingResourceScopes).map(([identifier, scopes]) => ({
      name: resources.find((one) => one.identifier === identifier)?.name ?? identifier,
      scopes,
    })),
  }
}

// OpenID Connect Core 1.0 sections 5.4 and 11.
const words: ReadonlyMap<string, string> = new Map([
  ['openid', 'Know that it is you'],
  ['profile', 'See your name'],
  ['email', 'See your email address'],
  ['phone', 'See your telephone number'],
  ['address', 'See your postal address'],
  ['groups', 'See which groups you belong to'],
  ['offline_access', 'Keep this access while you are not using the app'],
])
