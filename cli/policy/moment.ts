import { Fault } from '../../shared/fault.ts'

const units: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/**
 * PURE. A moment as somebody types it: so long ago (`24h`, `7d`), a day (from its beginning, UTC),
 * or a whole time with its zone.
 * @param now milliseconds since the epoch, and so is the result
 * @throws Fault `settings` that names the option
 */
export function momentOf(option: string, text: string, now: number): number {
  const [, count, unit = ''] = /^(\d{1,5})([mhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * (units[unit] ?? 0)
  const isTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2}))?$/.test(text)
  const time = isTime ? Date.parse(text) : Number.NaN
  if (!Number.isNaN(time)) return time
  const how = 'must be as 24h, 7d, 2026-12-31, or 2026-12-31T18:00:00+01:00'
  throw new Fault('settings', `${option} ${how}`)
}
