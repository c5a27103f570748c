import { z } from 'zod'
import { partName } from '../../shared/settings/fields.ts'
import { type ShownMethod, shownMethods } from './shown-method.ts'

/** A strength of one's own in `provider.yaml`. */
export interface StrengthSettings {
  /** What policies and apps call it by. */
  readonly name: string
  /** Any one of them is enough, all of its methods shown. */
  readonly allowedCombinations: readonly (readonly ShownMethod[])[]
}

// What one of them says has to be true of all strengths: whoever meets one has shown two factors.
const combination = z
  .array(z.enum(shownMethods))
  .refine((methods) => new Set(methods).size === methods.length, 'has a method twice')
  .refine(
    (methods) => methods.length > 1 || methods[0] === 'passkey',
    'is one factor: name two methods, or passkey, which is two by itself',
  )

export const strengthSettings: z.ZodType<readonly StrengthSettings[]> = z
  .array(
    z.strictObject({
      name: partName.describe('What policies name in `authenticationStrength`, and apps in `acr`.'),
      allowedCombinations: z
        .array(combination)
        .min(1)
        .describe(
          'Lists of `password`, `passkey`, `securityKey`, `totp`, `recoveryCode` and ' +
            '`temporaryAccessPass`: all of any one list have to be shown.',
        ),
    }),
  )
  .default([])
  .describe('Strengths of authentication beside those that there always are.')
