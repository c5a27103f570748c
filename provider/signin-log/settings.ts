import { z } from 'zod'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

export interface SignInRecordSettings {
  /** 0: none are kept. */
  readonly keepDays: number
}

export const signInRecordSettings: z.ZodType<SignInRecordSettings> = z
  .strictObject({
    // A month of a report-only policy, and a holiday after which people look at their own sign-ins.
    keepDays: wholeNumber({ min: 0, max: 400 }, 'days')
      .default(30)
      .describe(
        'Days that sign-ins are kept in Redis, sealed: for `postern policy report`, and for people’s ' +
          'own. 0 for none; then they stand in the log alone.',
      ),
  })
  .prefault({})
  .describe('What is kept of sign-ins.')
