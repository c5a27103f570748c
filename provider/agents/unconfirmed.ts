import type { Clock } from '../../shared/clock.ts'
import type { AgentDirectory } from './directory.ts'
import { announcedEvery, digestOf, type HeardProcesses } from './presence.ts'

// Milliseconds. Each process says once a second what it knows, and learns from the others.
const expectedWithin = 5 * announcedEvery

/**
 * Watches whether all processes know of the same revocations.
 * @returns to be asked about once a second: the names of those that run and, for longer than it
 *   should take, know of others than we do
 */
export function watchConfirmations(parts: {
  readonly directory: Pick<AgentDirectory, 'revocations'>
  readonly processes: Pick<HeardProcesses, 'all'>
  readonly clock: Clock
}): () => readonly string[] {
  const { directory, processes, clock } = parts
  let since = new Map<string, number>()
  return () => {
    const now = clock.now()
    const digest = digestOf(directory.revocations())
    const differing = processes
      .all()
      // One that is not heard any more has ended, or is a matter of Redis.
      .filter((one) => now - one.at < 3 * announcedEvery && one.digest !== digest)
    since = new Map(differing.map(({ instance }) => [instance, since.get(instance) ?? now]))
    return differing
      .filter(({ instance }) => now - (since.get(instance) ?? now) >= expectedWithin)
      .map(({ name }) => name)
  }
}
