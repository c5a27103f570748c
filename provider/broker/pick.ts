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
    const candidates = live.filter(({ agent, heartbeat }) => {
      return !isFull({ limit: heartbeat.limit, inFlight: load.of(agent.name).inFlight })
    })
    const names = candidates.map(({ agent }) => agent.name)
    const worth = outliers.worthAsking(realm, names)
    const [first = 0, second = 0] = clock.randomBytes(2)
    const chosen = choose(worth, [first / 256, second / 256], (name) => load.of(name))
    return candidates[names.indexOf(chosen ?? '')]
  }
}
