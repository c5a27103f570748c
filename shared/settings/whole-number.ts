import { z } from 'zod'

/**
 * A whole number of something, with its limits.
 * @param what in the plural, for the message: `seconds`
 */
export function wholeNumber(what: string, limits: { min: number; max: number }): z.ZodNumber {
  const { min, max } = limits
  const message = `must be a whole number of ${what}, ${min} to ${max}`
  // Not z.int(): that one ends all further checks of the file when it fails.
  return z
    .number({ error: (issue) => (issue.input === undefined ? undefined : message) })
    .multipleOf(1, message)
    .min(min, message)
    .max(max, message)
}
