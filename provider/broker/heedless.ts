import type { Load } from './load.ts'
import type { Outliers } from './outliers.ts'

/**
 * Load and outliers as canaries use them. They are work like any other while they are under way,
 * but how they end must not move people's sign-ins to another agent: a name that nobody has is
 * refused sooner than a wrong password, and an agent with many canaries would look fast.
 */
export function heedless(parts: { load: Load; outliers: Outliers }): typeof parts {
  const { load, outliers } = parts
  return {
    load: { ...load, done: (agent) => load.done(agent) },
    outliers: { ...outliers, sent: nothing, didWell: nothing, failed: nothing, ignored: nothing },
  }
}

function nothing(): void {}
