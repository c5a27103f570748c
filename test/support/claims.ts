import { openRedis } from './open-redis.ts'
import type { System } from './start-system.ts'

/** Who has claimed which question: an agent, or `withdrawn` where the provider was first. */
export async function claimsIn(system: System): Promise<ReadonlyMap<string, string>> {
  using client = openRedis(system)
  const claims = new Map<string, string>()
  for (const key of await client.redis.keys('*claim:*')) {
    const value = await client.redis.get(key)
    if (value !== null) claims.set(key, value)
  }
  return claims
}

/** How many questions wait for an agent, or are in its hands. */
export async function questionsFor(system: System, agent: string): Promise<number> {
  using client = openRedis(system)
  const [stream] = await client.redis.keys(`*${agent}:requests`)
  return stream === undefined ? 0 : await client.redis.xlen(stream)
}
