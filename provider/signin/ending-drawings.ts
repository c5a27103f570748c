import type { Accounts } from '../oidc/accounts/accounts.ts'
import type { Interaction } from '../oidc/interaction.ts'
import type { ResourceSettings } from '../settings.ts'
import { consentRequest } from './consent-request.ts'
import { consentPage } from './pages/consent.ts'
import { refusedPage } from './pages/refused.ts'
import type { Drawings } from './show.ts'

/** The pages that a sign-in can end with: what the app may have, or a no. */
export function endingDrawings(parts: {
  readonly accounts: Pick<Accounts, 'find'>
  readonly resources: readonly ResourceSettings[]
}): Drawings<'consent' | 'refused'> {
  return {
    consent: async (_step, { common, interaction }) => {
      const person = await personOf(interaction, parts.accounts)
      const request = consentRequest(interaction, parts.resources)
      return consentPage({ ...common, ...person, request })
    },
    refused: ({ refusal }, { common }) => refusedPage({ ...common, refusal }),
  }
}

async function personOf(
  { accountId }: Interaction,
  accounts: Pick<Accounts, 'find'>,
): Promise<{ person?: string }> {
  const account = accountId === undefined ? undefined : await accounts.find(accountId)
  const claims = account?.claims
  const person = claims?.['preferred_username'] ?? claims?.['email'] ?? claims?.['name']
  return typeof person === 'string' ? { person } : {}
}
