import type { Clock } from '../clock.ts'

/**
 * How long to wait before one more try: doubling from 50 milliseconds to 2 seconds, of which half
 * is left to chance, so that all processes do not come back to a restarted Redis at one moment.
 * @param tries that have failed in a row, from 1
 * @returns milliseconds
 */
export function backoff(tries: number, clock: Clock): number {
  const most = Math.min(50 * 2 ** (tries - 1), 2_000)
  const chance = (clock.randomBytes(1)[0] ?? 0) / 255
  return Math.round((most * (1 + chance)) / 2)
}
