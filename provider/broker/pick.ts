import type { Clock } from '../../shared/clock.ts'
import type { Load } from './load.ts'
import type { Outliers } from './outliers.ts'
import type { Present } from './registry.ts'
import { choose, isFull } from './routing.ts'

/** Picks one of a realm's live agents for a question; none if all are full. */
export type PickAgent = (realm: string, live: readonly Present[]) => Present | undefined

export function createPick(parts: { clock: Clock; load: Load; outliers: Outliers }): PickAgent {
  const { clock, load, outliers } = parts
  return (realm, live) => {
    const candidates = live
      .map(({ agent, heartbeat }) => {
        return { name: agent.name, limit: heartbeat.limit, ...load.of(agent.name) }
      })
      .filter((candidate) => !isFull(candidate))
    const names = outliers.worthAsking(
      realm,
      candidates.map(({ name }) => name),
    )
    const [first = 0, second = 0] = clock.randomBytes(2)
    const chosen = choose(
      candidates.filter(({ name }) => names.includes(name)),
      [first / 256, second / 256],
    )
    return live.find(({ agent }) => agent.name === chosen?.name)
  }
}
