import { z } from 'zod'
import { fileName } from '../../shared/settings/fields.ts'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** People in a YAML file: for local mode, tests, and a handful of break-glass accounts. */
export interface FileBackendSettings {
  readonly type: 'file'
  readonly file: string
  readonly parallel: number
  readonly changePasswords: boolean
}

export const fileBackendSettings: z.ZodType<FileBackendSettings> & z.core.$ZodTypeDiscriminable =
  z.strictObject({
    type: z.literal('file').describe('People in a YAML file.'),
    file: fileName.describe(
      'The file of the people, relative to the settings file. Read anew when it changes.',
    ),
    parallel: wholeNumber({ min: 1, max: 64 })
      .default(2)
      .describe('How many passwords are hashed at once. Each takes the memory its hash asks for.'),
    changePasswords: z
      .boolean()
      .default(false)
      .describe(
        'People may change their passwords, which lasts until the agent ends: the file is never written.',
      ),
  })
