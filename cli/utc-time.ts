/**
 * @param time milliseconds since the epoch
 * @returns `2026-11-21 09:44:56 UTC`. Not by Intl, whose tables take 9 MB and 40 ms to load.
 */
export function utcTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}
