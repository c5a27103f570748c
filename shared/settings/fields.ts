import { z } from 'zod'
import { readPublicKey } from '../envelope-keys.ts'
import { Fault } from '../fault.ts'

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

/** P-256, base64 of its SPKI form, as `postern keys` prints it. */
export const pinnedKey: z.ZodString = z.string().superRefine((text, context) => {
  const message = whyNotPinned(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

function whyNotPinned(text: string): string | undefined {
  if (text.includes('PRIVATE KEY')) return 'is a private key; only the public half belongs here'
  try {
    readPublicKey(text)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.message}; postern keys public FILE prints it`
    throw thrown
  }
}

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
