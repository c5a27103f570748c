/** A moment on the clocks and calendars of a place. */
export interface LocalTime {
  /** `YYYY-MM-DD`. */
  readonly date: string
  /** 0 is Sunday. */
  readonly day: number
  /** Since midnight on the clock; on the day of a change of clocks some come twice or never. */
  readonly minute: number
}

/** @param zone IANA name or `UTC` */
export function isTimeZone(zone: string): boolean {
  try {
    localTimeIn(zone)
    // Offsets such as +01:00 are no zones: they know no summer.
    return !/^[+-]/.test(zone)
  } catch (thrown) {
    if (thrown instanceof RangeError) return false
    throw thrown
  }
}

/**
 * PURE. One clock for each zone, since making one takes longer than asking it a hundred times.
 * @param zone for which `isTimeZone` holds
 */
export function localTimeIn(zone: string): (at: number) => LocalTime {
  const clock = clocks.get(zone) ?? makeClock(zone)
  clocks.set(zone, clock)
  return clock
}

const clocks = new Map<string, (at: number) => LocalTime>()

function makeClock(zone: string): (at: number) => LocalTime {
  const format = formatter(zone)
  return (at) => {
    const parts = format.formatToParts(at)
    const number = (type: Intl.DateTimeFormatPartTypes): string =>
      parts.find((part) => part.type === type)?.value ?? ''
    const date = `${number('year').padStart(4, '0')}-${number('month')}-${number('day')}`
    return {
      date,
      day: new Date(`${date}T00:00:00Z`).getUTCDay(),
      minute: Number(number('hour')) * 60 + Number(number('minute')),
    }
  }
}

function formatter(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}
