import { z } from 'zod'
import { fileName } from '../../shared/settings/fields.ts'

/** Accounts for emergencies, in `provider.yaml`. */
export interface BreakGlassSettings {
  readonly accountsFile: string
}

export const breakGlassSettings: z.ZodType<BreakGlassSettings> = z
  .strictObject({
    accountsFile: fileName.describe(
      'File with the accounts, readable by its owner alone; `postern break-glass create NAME` makes it. ' +
        'Changes are picked up while the provider runs.',
    ),
  })
  .describe('Accounts for emergencies, which need no agent and which no policy applies to.')
