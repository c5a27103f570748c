import { resolve } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import type { TermsSettings } from './settings.ts'
import { type TextBlock, textBlocks } from './text-blocks.ts'

/**
 * Terms of use: texts of the organization's that policies can ask people to accept, and who has
 * accepted which version. The sign-in shows them (`signin/pages/terms.ts`); nothing here knows how.
 */
export interface Terms extends Omit<TermsSettings, 'textFile'> {
  readonly text: readonly TextBlock[]
}

/**
 * Reads the texts of all terms.
 * @param folder what relative file names are relative to
 * @throws Fault `settings` if a text cannot be read, or there is nothing in it
 */
export function openTerms(
  settings: readonly TermsSettings[],
  folder: string,
): Promise<readonly Terms[]> {
  return Promise.all(
    settings.map(async ({ textFile, ...terms }) => {
      const file = resolve(folder, textFile)
      const read = await readTextFile(file)
      if ('problem' in read) throw new Fault('settings', `${file}: ${read.problem}`)
      const text = textBlocks(read.text)
      if (text.length === 0) throw new Fault('settings', `${file}: is empty`)
      return { ...terms, text }
    }),
  )
}
