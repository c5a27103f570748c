import type Provider from 'oidc-provider'

/** What people call these apps; one that is gone has none. */
export async function appNames(
  provider: Provider,
  clientIds: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = await Promise.all(
    [...new Set(clientIds)].map(async (id) => [id, await provider.Client.find(id)] as const),
  )
  const names = new Map<string, string>()
  for (const [id, client] of found) {
    if (client !== undefined) names.set(id, client.clientName ?? id)
  }
  return names
}
