import { setTimeout as sleep } from 'node:timers/promises'
import { median, quantile } from './statistics.ts'

/** What came of doing one thing over and over for a while. */
export interface Measured {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p95: number
  readonly p99: number
}

/**
 * Does something with `count` of it in flight all the time, for so many milliseconds.
 * @param once one of it; what it rejects with ends the measurement, since a benchmark of failures
 *   measures how fast something fails
 */
export async function keepInFlight(
  count: number,
  options: { milliseconds: number; signal: AbortSignal },
  once: () => Promise<void>,
): Promise<Measured> {
  const took: number[] = []
  const began = performance.now()
  const end = began + options.milliseconds
  const lane = async (): Promise<void> => {
    while (performance.now() < end) {
      options.signal.throwIfAborted()
      const start = performance.now()
      await once()
      took.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: count }, lane))
  const seconds = (performance.now() - began) / 1000
  return {
    perSecond: took.length / seconds,
    p50: quantile(took, 0.5),
    p95: quantile(took, 0.95),
    p99: quantile(took, 0.99),
  }
}

/**
 * Begins so many of one thing a second, evenly, however long each takes; fewer where the machine is
 * too busy for that. Resolves when the last is done, or rejects with what the first rejects with. For what things cost: of two that are both as
 * fast as they can be, the faster one has more to do at each waking, and so does each thing for less.
 * @param options.most that are in flight at once
 * @returns milliseconds that each took
 */
export async function keepRate(
  perSecond: number,
  options: { milliseconds: number; most: number; signal: AbortSignal },
  once: () => Promise<void>,
): Promise<number[]> {
  const took: number[] = []
  const under = new Set<Promise<void>>()
  const failed = new AbortController()
  const signal = AbortSignal.any([options.signal, failed.signal])
  const timed = async (): Promise<void> => {
    const start = performance.now()
    await once()
    took.push(performance.now() - start)
  }
  const begin = (): void => {
    const one: Promise<void> = timed()
      .catch((error: unknown) => failed.abort(error))
      .finally(() => under.delete(one))
    under.add(one)
  }
  const began = performance.now()
  const isDue = (passed: number) =>
    took.length + under.size < (passed / 1000) * perSecond && under.size < options.most
  for (let passed = 0; passed < options.milliseconds; passed = performance.now() - began) {
    signal.throwIfAborted()
    while (isDue(passed)) begin()
    await sleep(1)
  }
  await Promise.all(under)
  signal.throwIfAborted()
  return took
}

/** Each number's median over several measurements of the same. */
export function medians(measured: readonly Measured[]): Measured {
  const of = (name: keyof Measured): number => median(measured.map((one) => one[name]))
  return { perSecond: of('perSecond'), p50: of('p50'), p95: of('p95'), p99: of('p99') }
}

/** Measures one side, then the other, and again: so many rounds. */
export async function inTurns<A, B>(
  rounds: number,
  one: () => Promise<A>,
  other: () => Promise<B>,
): Promise<{ one: A[]; other: B[] }> {
  const measured: { one: A[]; other: B[] } = { one: [], other: [] }
  for (let round = 0; round < rounds; round += 1) {
    measured.one.push(await one())
    measured.other.push(await other())
  }
  return measured
}
