import { z } from 'zod'

/** Settings that the provider's file and the agents' have in common. */

/** Of a realm or an agent: it stands in stream names, logs and `sub`. */
export const partName: z.ZodString = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')

/** What comes after the `@` of user names; compared without regard to case. */
export const suffix: z.ZodString = z
  .string()
  .regex(/^[^@]*$/, 'must be written without the @, as in corp.example')
  .regex(/^@|^\S+$/, 'must not be empty or have spaces')
  .toLowerCase()

/** Relative names are relative to the folder of the settings file. */
export const fileName: z.ZodString = z.string().min(1)

export interface LogSettings {
  readonly level: string
}

export const logSettings: z.ZodType<LogSettings> = z
  .strictObject({
    level: z
      .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
      .default('info')
      .describe('The least serious lines that are written.'),
  })
  .prefault({})
  .describe('The log: one JSON object a line, on standard output.')
