/**
 * For `--import`: puts the clock of a whole process forward, or back, as a host with a wrong clock
 * would have it. Milliseconds are in `TEST_CLOCK_SHIFT`.
 */
const shift = Number(process.env['TEST_CLOCK_SHIFT'] ?? 0)
const right = Date.now
Date.now = () => right() + shift

/** The environment of such a process. */
export function clockShiftedBy(milliseconds: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=${import.meta.url}`, TEST_CLOCK_SHIFT: String(milliseconds) }
}
