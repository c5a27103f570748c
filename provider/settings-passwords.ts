import { z } from 'zod'
import { fileName } from '../shared/settings/fields.ts'
import { wholeNumber } from '../shared/settings/whole-number.ts'
import type { ProviderSettings } from './settings.ts'

/** How `provider.yaml` says who may change a password, and what a new one must not be. */

// Off: whoever lets people change passwords here decides so, at the agent as well.
export const changePasswords: z.ZodType<boolean> = z
  .boolean()
  .default(false)
  .describe(
    'People may change their passwords: on the sign-in page where that has expired or must be ' +
      'changed, and at /account/password. The backend of the realm’s agents has to say the same.',
  )

const help = z.string().min(1).max(300)

export const passwordHelp: z.ZodExactOptional<z.ZodString> = help
  .exactOptional()
  .describe(
    'How people change their password where they cannot do it here, in a sentence or two. The page has ' +
      'said that they cannot.',
  )

export const passwordRefusedHelp: z.ZodExactOptional<z.ZodString> = help
  .exactOptional()
  .describe(
    'The same where it is not turned off, but the agent’s backend has it off or the directory ' +
      'permits it none. `passwordHelp` unless given.',
  )

export const newPasswords: z.ZodType<ProviderSettings['newPasswords']> = z
  .strictObject({
    bannedTermsFile: fileName
      .exactOptional()
      .describe(
        'File with words that no new password may come down to, one a line, 4 to 16 letters, 1,000 at ' +
          'most; beside the built-in ones.',
      ),
    names: z
      .array(z.string().min(4).max(64))
      .default([])
      .describe('Names of the organization and its products that no new password may have in it.'),
    breachedFile: fileName
      .exactOptional()
      .describe('File of SHA-1 hashes of passwords known from breaches, in order, one a line.'),
    breachedRange: z
      .url({ protocol: /^https?$/ })
      .exactOptional()
      .describe(
        'Address of a range API for the same, such as https://api.pwnedpasswords.com/range. It is ' +
          'told five digits of a hash, and no password.',
      ),
    noticeDays: wholeNumber({ min: 0, max: 90 }, 'days')
      .default(7)
      .describe(
        'Days before their password expires from which people are told at the sign-in, once a day; where ' +
          'they can change it.',
      ),
  })
  .prefault({})
  .describe('What a new password must not be, beside what the directory itself refuses.')
