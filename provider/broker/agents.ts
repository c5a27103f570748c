import { type VerifyingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import type { PinnedAgent } from '../settings.ts'

/** An agent the provider has reason to trust, with the key its heartbeats and verdicts must have. */
export interface TrustedAgent {
  readonly name: string
  readonly realms: readonly string[]
  readonly key: VerifyingKey
}

/** Who may answer at all. A Redis writer can add a stream, but not a name to this list. */
export interface TrustedAgents {
  find(name: string): TrustedAgent | undefined
  ofRealm(realm: string): readonly TrustedAgent[]
}

/** Agents pinned by their public keys in the settings. */
export async function pinnedAgents(pinned: readonly PinnedAgent[]): Promise<TrustedAgents> {
  const agents = await Promise.all(
    pinned.map(async ({ name, realms, publicKey }) => {
      return { name, realms, key: await verifyingKey(publicKey) }
    }),
  )
  const byName = new Map(agents.map((agent) => [agent.name, agent]))
  return {
    find: (name) => byName.get(name),
    ofRealm: (realm) => agents.filter(({ realms }) => realms.includes(realm)),
  }
}
