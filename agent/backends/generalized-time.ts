/**
 * A time as directories write it: `20260101120000Z`, with a fraction or without (RFC 4517 section
 * 3.3.13).
 * @returns milliseconds since the epoch; `undefined` if it is none, or of another time zone
 */
export function readGeneralizedTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(?:(\d\d)(?:[.,]\d+)?)?Z$/.exec(text)
  if (match === null) return undefined
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((digits) => Number(digits ?? 0))
  return Date.UTC(year, month - 1, day, hour, minute, second)
}
