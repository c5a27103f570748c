import { z } from 'zod'

/**
 * A whole number within limits, both included.
 * @param of what it counts, in the plural, for the message: `seconds`
 */
export function wholeNumber(limits: { min: number; max: number }, of?: string): z.ZodNumber {
  const { min, max } = limits
  const counted = of === undefined ? '' : ` of ${of}`
  const message = `must be a whole number${counted}, ${min} to ${max}`
  // Not z.int(): that one ends all further checks of the file when it fails.
  return z
    .number({ error: (issue) => (issue.input === undefined ? undefined : message) })
    .multipleOf(1, message)
    .min(min, message)
    .max(max, message)
}
