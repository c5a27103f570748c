import type { Load } from './load.ts'
import type { Notices } from './notices.ts'
import type { Outliers } from './outliers.ts'

interface Heeding {
  readonly load: Load
  readonly outliers: Outliers
  readonly notices: Notices
}

/**
 * Load and outliers as canaries and lookups use them. They are work like any other while they are under way,
 * but how they end must not move people's sign-ins to another agent: a name that nobody has is
 * refused sooner than a wrong password, and an agent with many canaries would look fast. Nor do they count as hand-overs.
 */
export function heedless({ load, outliers, notices }: Heeding): Heeding {
  return {
    load: { ...load, done: (agent) => load.done(agent) },
    notices: { ...notices, handedOver: nothing },
    outliers: { ...outliers, sent: nothing, didWell: nothing, failed: nothing, ignored: nothing },
  }
}

function nothing(): void {}
