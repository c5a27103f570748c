import type { BusEntry } from '../bus.ts'

/** One entry of a stream, as the bus hands it over. */
export interface StreamEntry {
  /** `<milliseconds by the clock of Redis>-<number>`, ascending. */
  readonly id: string
  /** Missing if it was trimmed away after it was delivered, or is no entry of ours at all. */
  readonly entry?: BusEntry
}

/** The entries of the one stream that XREAD or XREADGROUP was asked about. */
export function entriesOfRead(reply: unknown): StreamEntry[] {
  const streams = (reply ?? []) as readonly [name: string, entries: unknown][]
  return streams.flatMap(([, entries]) => entriesOfRange(entries))
}

/** The entries that XRANGE or XREVRANGE gave. */
export function entriesOfRange(reply: unknown): StreamEntry[] {
  return ((reply ?? []) as readonly [id: string, fields: unknown][]).map(([id, fields]) => {
    if (!Array.isArray(fields) || fields.length < 2) return { id }
    return { id, entry: Object.fromEntries(pairs(fields as string[])) }
  })
}

function pairs(flat: readonly string[]): [string, string][] {
  const found: [string, string][] = []
  for (let index = 0; index < flat.length; index += 2) {
    found.push([flat[index] ?? '', flat[index + 1] ?? ''])
  }
  return found
}

/** By the clock of Redis: milliseconds since the epoch. */
export function timeOf(id: string): number {
  return Number(id.split('-')[0])
}

export function isOlder(one: string, other: string): boolean {
  const [time = 0n, number = 0n] = one.split('-').map(BigInt)
  const [otherTime = 0n, otherNumber = 0n] = other.split('-').map(BigInt)
  return time === otherTime ? number < otherNumber : time < otherTime
}
