import { z } from 'zod'
import { fileName } from '../../shared/settings/fields.ts'

/** A backend of the customer's own. */
export interface ModuleBackendSettings {
  readonly type: 'module'
  readonly module: string
  readonly options: Readonly<Record<string, unknown>>
}

export const moduleBackendSettings: z.ZodType<ModuleBackendSettings> &
  z.core.$ZodTypeDiscriminable = z.strictObject({
  type: z.literal('module').describe('A backend of your own: docs/custom-backend.md shows one.'),
  module: fileName.describe(
    'The JavaScript file that exports createBackend, relative to the settings file.',
  ),
  options: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('What createBackend is given. No passwords: name files that hold them.'),
})
