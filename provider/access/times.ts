import { answer, type Test, unless } from './condition.ts'
import type { ConditionResult } from './decision.ts'
import { type LocalTime, localTimeIn } from './local-time.ts'
import { type Day, days, type TimeConditions, type TimeWindow } from './policy.ts'

const minutesOfDay = 1440

/** PURE. The condition `times`. */
export function timesTest({ timeZone, includeTimes, excludeTimes }: TimeConditions): Test {
  const clock = localTimeIn(timeZone)
  const include = anyWindow(includeTimes, timeZone, clock)
  const exclude = excludeTimes.length === 0 ? [] : [anyWindow(excludeTimes, timeZone, clock)]
  return unless(includeTimes.length === 0 ? () => anyTime : include, exclude)
}

const anyTime = answer('times', 'matched', 'any time')
const noTime = answer('times', 'unknown', 'time not known')

function anyWindow(
  windows: readonly TimeWindow[],
  zone: string,
  clock: (at: number) => LocalTime,
): Test {
  const prepared = windows.map((window) => ({
    holds: windowTest(window),
    hit: answer('times', 'matched', `${windowText(window)}, ${zone}`),
  }))
  const texts = windows.map(windowText).join('; ')
  const miss: ConditionResult = answer('times', 'notMatched', `not in: ${texts}, ${zone}`)
  return (facts) => {
    const time = facts.localTime(zone, clock)
    if (time === undefined) return noTime
    return prepared.find(({ holds }) => holds(time))?.hit ?? miss
  }
}

/** Whether a moment is in a window, by the clocks of the place. */
export function windowTest(window: TimeWindow): (time: LocalTime) => boolean {
  const on = daysOf(window.days)
  const from = minuteOf(window.from ?? '00:00')
  const to = minuteOf(window.to ?? '24:00')
  if (from < to) return ({ day, minute }) => on.has(day) && minute >= from && minute < to
  return ({ day, minute }) =>
    (on.has(day) && minute >= from) || (on.has((day + 6) % 7) && minute < to)
}

function daysOf(named: readonly Day[] = days): ReadonlySet<number> {
  return new Set(named.map((day) => days.indexOf(day)))
}

function minuteOf(text: string): number {
  const [hour = 0, minute = 0] = text.split(':').map(Number)
  return Math.min(hour * 60 + minute, minutesOfDay)
}

function windowText({ days: on, from, to }: TimeWindow): string {
  const when = from === undefined ? 'all day' : `${from} to ${to}`
  return `${on === undefined ? 'every day' : on.join(', ')} ${when}`
}
