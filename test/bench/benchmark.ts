/**
 * Benchmarks: what Postern costs, measured beside what it is built on, in one run on one machine
 * and in turns, so that whatever else the machine does falls on both. `npm run bench -- NAME`.
 */
export interface Benchmark {
  /** One line: what is measured beside what. */
  readonly about: string
  run(options: BenchmarkOptions): Promise<Report>
}

export interface BenchmarkOptions {
  /** A run that shows that it works, and measures nothing worth reading. */
  readonly quick: boolean
  /** Ends the run early; it then rejects. */
  readonly signal: AbortSignal
  /** Says what is going on, to somebody who waits. */
  readonly say: (text: string) => void
}

export interface Report {
  /** What the last line says, beside the machine and the targets. */
  readonly result: Readonly<Record<string, unknown>>
  readonly targets: readonly Target[]
  /** For people: a heading and its rows. */
  readonly table: readonly (readonly string[])[]
}

/** What a number should be at least or at most. */
export interface Target {
  readonly name: string
  readonly value: number
  readonly least?: number
  readonly most?: number
}

/** True if the number is as it should be. */
export function isMet({ value, least = -Infinity, most = Infinity }: Target): boolean {
  return value >= least && value <= most
}
