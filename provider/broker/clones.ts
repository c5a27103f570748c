import type { Heartbeat } from '../../shared/wire.ts'

/**
 * PURE. Whether two processes speak with one agent's identity at the same time: a stolen key, or a
 * copied machine. Judged by the times and counters that the agent itself has signed, so that
 * nobody who merely delays, repeats or reorders heartbeats on the bus can make an honest agent look
 * like two. Of a restart, everything the run before has said is older than all that the new run
 * says, however late it arrives.
 */
export interface Speakers {
  /** Last heard last. */
  readonly runs: readonly Run[]
  /** When, by our clock, a run spoke again after another one had. */
  readonly returns: readonly number[]
}

interface Run {
  readonly id: string
  /** The highest one heard. */
  readonly counter: number
  /** Time of its latest heartbeat, by the agent's clock as all times here. */
  readonly latest: number
  /** Time of its first heartbeat since it last returned. */
  readonly since: number
  /** Time of the first heartbeat of another run after that; none if it was not answered. */
  readonly answered: number
  /** What its last heartbeats said, by their counters. */
  readonly said: ReadonlyMap<number, string>
}

export type Judgement =
  | { readonly name: 'fine' }
  | { readonly name: 'twoAtOnce' | 'counterBack'; readonly detail: string }

export const nobodyYet: Speakers = { runs: [], returns: [] }

// Milliseconds. What is older or newer is no evidence: it may be played again, or come from a clock
// that was wrong. Nobody takes an agent for live by it either.
const freshFor = 5_000

// A process that was frozen, and is ended as soon as it wakes, says one more heartbeat while its
// successor is there: it returns once, the successor once.
const enoughReturns = 3
const returnsCountFor = 10 * 60_000

// Heartbeats of a run that are remembered. One a second: who is this far behind was not delayed.
const remembered = 128
const mostRuns = 8

const never = Number.POSITIVE_INFINITY

/**
 * @param heard.now when it came in, by our clock
 * @param heard.content of the heartbeat: equal only if all of it is
 */
export function listen(
  before: Speakers,
  heartbeat: Heartbeat,
  heard: { readonly now: number; readonly content: string },
): { readonly after: Speakers; readonly judgement: Judgement } {
  const { now, content } = heard
  const fine = { name: 'fine' } as const
  if (Math.abs(now - heartbeat.at) > freshFor) return { after: before, judgement: fine }
  const known = before.runs.find(({ id }) => id === heartbeat.run)
  const judgement = known ? judgeCounter(known, heartbeat, content) : fine
  if (judgement.name !== 'fine') return { after: before, judgement }
  const after = afterHearing(before, heartbeat, heard)
  if (after.returns.length < enoughReturns) return { after, judgement }
  const detail = 'two runs of its process speak by turns, each after the other'
  return { after: { ...after, returns: [] }, judgement: { name: 'twoAtOnce', detail } }
}

// A run counts each heartbeat once. So two different ones with the same counter are of two copies
// of the process, or of one that was put back to an earlier state.
function judgeCounter(run: Run, { counter }: Heartbeat, content: string): Judgement {
  const before = run.said.get(counter)
  if (before !== undefined && before !== content) {
    return { name: 'counterBack', detail: `two different heartbeats ${counter} of one run` }
  }
  if (before === undefined && counter <= run.counter - remembered) {
    return { name: 'counterBack', detail: `heartbeat ${counter} after ${run.counter} of one run` }
  }
  return { name: 'fine' }
}

function afterHearing(
  before: Speakers,
  heartbeat: Heartbeat,
  { now, content }: { readonly now: number; readonly content: string },
): Speakers {
  const { run: id, at, state } = heartbeat
  const known = before.runs.find((run) => run.id === id)
  const others = before.runs.filter((run) => run.id !== id)
  // One that says goodbye does not take part any more, unless that is all it ever says.
  const takesPart = state === 'ready' || known === undefined
  const isReturn = takesPart && known !== undefined && at > known.answered
  const run = extended(known ?? { id, counter: 0, latest: 0, said: new Map() }, heartbeat, content)
  const from = known === undefined || isReturn ? startAt(at, others) : known
  const answered = takesPart ? others.map((other) => answeredAt(other, at)) : others
  const returns = before.returns.filter((time) => now - time < returnsCountFor)
  const spoken: Run = { ...run, since: from.since, answered: from.answered }
  return {
    runs: [...answered, spoken].slice(-mostRuns),
    returns: isReturn ? [...returns, now] : returns,
  }
}

type Saying = Omit<Run, 'since' | 'answered'>

function extended({ id, ...before }: Saying, { counter, at }: Heartbeat, content: string): Saying {
  return {
    id,
    counter: Math.max(counter, before.counter),
    latest: Math.max(at, before.latest),
    said: newest(new Map(before.said).set(counter, content)),
  }
}

function startAt(at: number, others: readonly Run[]): Pick<Run, 'since' | 'answered'> {
  const later = others.map(({ latest }) => latest).filter((latest) => latest > at)
  return { since: at, answered: Math.min(never, ...later) }
}

function answeredAt(run: Run, at: number): Run {
  return at > run.since && at < run.answered ? { ...run, answered: at } : run
}

function newest(said: ReadonlyMap<number, string>): ReadonlyMap<number, string> {
  if (said.size <= remembered) return said
  const lowest = Math.min(...said.keys())
  return new Map([...said].filter(([counter]) => counter !== lowest))
}
