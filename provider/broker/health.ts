import type { Heartbeat } from '../../shared/wire.ts'

/** The last heartbeat of one agent, and when it came in by the provider's clock. */
export interface Heard {
  readonly heartbeat: Heartbeat
  readonly at: number
  /** When the first heartbeat of this run of the agent came in. */
  readonly since: number
}

/**
 * `live` may be sent to. `leaving` has said goodbye, `gone` has fallen silent, and `skewed` is
 * heard but tells another time: it would take every question for expired.
 */
export type Health = 'live' | 'leaving' | 'gone' | 'skewed'

/** Milliseconds. An agent speaks every second; five are lost before it counts as gone. */
const goneAfter = 5_000

/** PURE. How an agent is, judged at `now` by what it said last. */
export function health({ heartbeat, at, since }: Heard, now: number): Health {
  if (heartbeat.state === 'leaving') return 'leaving'
  if (now - at > goneAfter) return 'gone'
  if (Math.abs(at - heartbeat.at) <= goneAfter) return 'live'
  // One old heartbeat may simply be old: a provider that starts reads what was said before. Only
  // an agent that goes on speaking while its times stay away from ours has a wrong clock.
  return at > since ? 'skewed' : 'gone'
}

/**
 * PURE. What is known after one more heartbeat; the old knowledge if this one is a repetition or
 * comes from before it, since anyone who can write to the bus can play old ones again.
 */
export function hear(before: Heard | undefined, heartbeat: Heartbeat, now: number): Heard {
  if (before === undefined) return { heartbeat, at: now, since: now }
  // A host's clock may have been put back. Repetitions do no harm after so long: all that the last
  // run has said is too old to make anybody take the agent for live.
  const isSilent = now - before.at > goneAfter
  const sameRun = before.heartbeat.run === heartbeat.run
  const isNews = sameRun
    ? heartbeat.counter > before.heartbeat.counter
    : heartbeat.at > before.heartbeat.at || isSilent || isSetRight(before.heartbeat, heartbeat, now)
  if (!isNews) return before
  return { heartbeat, at: now, since: sameRun ? before.since : now }
}

// A run whose clock was ahead of ours is the newest by its own words until that time has come. The
// agent was started again with the right time, and nobody can play that from before.
function isSetRight(before: Heartbeat, after: Heartbeat, now: number): boolean {
  return before.at - now > goneAfter && Math.abs(now - after.at) <= goneAfter
}
