import type { Heartbeat } from '../../shared/wire.ts'

/** The last heartbeat of one agent, and when it came in by the provider's clock. */
export interface Heard {
  readonly heartbeat: Heartbeat
  readonly at: number
  /**
   * Milliseconds that its clock is ahead of ours; negative if behind. Not known before this run of the
   * agent is heard to go on speaking: what is read late, such as all that was said before a process
   * began to listen, is old and tells nothing of clocks.
   */
  readonly clockAhead: number | undefined
}

/**
 * `live` may be sent to. `leaving` has said goodbye, `gone` has fallen silent, and `skewed` is
 * heard but tells another time: it would take every question for expired.
 */
export type Health = 'live' | 'leaving' | 'gone' | 'skewed'

/** Milliseconds. An agent speaks every second; five are lost before it counts as gone. */
const goneAfter = 5_000

/** PURE. How an agent is, judged at `now` by what it said last. */
export function health({ heartbeat, at, clockAhead }: Heard, now: number): Health {
  if (heartbeat.state === 'leaving') return 'leaving'
  if (now - at > goneAfter) return 'gone'
  if (Math.abs(at - heartbeat.at) <= goneAfter) return 'live'
  return clockAhead !== undefined && Math.abs(clockAhead) > goneAfter ? 'skewed' : 'gone'
}

/**
 * PURE. What is known after one more heartbeat; the old knowledge if this one is a repetition or
 * comes from before it, since anyone who can write to the bus can play old ones again.
 */
export function hear(before: Heard | undefined, heartbeat: Heartbeat, now: number): Heard {
  if (before === undefined) return { heartbeat, at: now, clockAhead: undefined }
  // A host's clock may have been put back. Repetitions do no harm after so long: all that the last
  // run has said is too old to make anybody take the agent for live.
  const isSilent = now - before.at > goneAfter
  const sameRun = before.heartbeat.run === heartbeat.run
  const isNews = sameRun
    ? heartbeat.counter > before.heartbeat.counter
    : heartbeat.at > before.heartbeat.at || isSilent || isSetRight(before.heartbeat, heartbeat, now)
  if (!isNews) return before
  return { heartbeat, at: now, clockAhead: sameRun ? ahead(before, heartbeat, now) : undefined }
}

// Milliseconds. Who speaks every second is not heard again any sooner, unless it was held up.
const atOnce = 500

// Of heartbeats that come in all at once the one that was held up least tells the truth.
function ahead(before: Heard, heartbeat: Heartbeat, now: number): number | undefined {
  const measured = heartbeat.at - now
  if (now - before.at >= atOnce) return measured
  return before.clockAhead === undefined ? undefined : Math.max(before.clockAhead, measured)
}

// A run whose clock was ahead of ours is the newest by its own words until that time has come. The
// agent was started again with the right time, and nobody can play that from before.
function isSetRight(before: Heartbeat, after: Heartbeat, now: number): boolean {
  return before.at - now > goneAfter && Math.abs(now - after.at) <= goneAfter
}
