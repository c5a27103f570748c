import { z } from 'zod'
import { fileName, partName } from '../../shared/settings/fields.ts'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** Terms of use in `provider.yaml`. */
export interface TermsSettings {
  /** What policies call them by. */
  readonly name: string
  /** Over the text, for people. */
  readonly title: string
  /** UTF-8. */
  readonly textFile: string
  /** Counts up; who has accepted an older one is asked again. */
  readonly version: number
}

export const termsSettings: z.ZodType<readonly TermsSettings[]> = z
  .array(
    z.strictObject({
      name: partName.describe('What policies name in `termsOfUse`.'),
      title: z.string().trim().min(1).max(120).describe('What stands over the text.'),
      textFile: fileName.describe(
        'File with the text, plain or Markdown, of which paragraphs, headings and lists are shown. ' +
          'Read when the provider starts.',
      ),
      version: wholeNumber({ min: 1, max: 1_000_000 })
        .default(1)
        .describe('Raise it with a change that people have to accept anew.'),
    }),
  )
  .default([])
  .describe('Terms that policies can ask people to accept.')
