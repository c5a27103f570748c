import { z } from 'zod'
import { fileName } from '../../shared/settings/fields.ts'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** A module that adds to the measure of risk. */
export interface RiskSettings {
  readonly module: string
  readonly options: Readonly<Record<string, unknown>>
  /** Milliseconds. */
  readonly timeout: number
}

export const riskSettings: z.ZodType<RiskSettings> = z
  .strictObject({
    module: fileName.describe(
      'The JavaScript file that exports createRiskSignal, relative to the settings file.',
    ),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe('What createRiskSignal is given. No passwords: name files that hold them.'),
    // A person waits for it at each authorization.
    timeout: wholeNumber({ min: 10, max: 10_000 }, 'milliseconds')
      .default(500)
      .describe('Milliseconds that it may take; after that the risk is unknown.'),
  })
  .describe('A module of your own that adds to the measure of risk: docs/risk.md shows one.')
