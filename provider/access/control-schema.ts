import { z } from 'zod'
import { wholeNumber } from '../../shared/settings/whole-number.ts'
import { builtInControls, type GrantControls, type SessionControls } from './policy.ts'

/** How the controls of a policy are checked. The descriptions become its reference. */
export const grantControls: z.ZodType<GrantControls> = z
  .strictObject({
    operator: z
      .enum(['AND', 'OR'])
      .default('AND')
      .describe('Whether all of the controls are needed, or one of them is enough.'),
    builtInControls: z
      .array(z.enum(builtInControls))
      .default([])
      .describe(
        '`block`: no. `mfa`: a second factor. `passwordChange`: a new password. `secondOpinion`: two agents must agree that the password is right.',
      ),
    authenticationStrength: z
      .string()
      .min(1)
      .exactOptional()
      .describe(
        'Which second factors will do, in place of `mfa`: `multifactor`, ' +
          '`passwordless`, `phishingResistant`, or a name of ' +
          '`authenticationStrengths` in `provider.yaml`.',
      ),
    termsOfUse: z
      .array(z.string().min(1))
      .default([])
      .describe('Names of terms that the person must have accepted.'),
    registrationSkips: wholeNumber({ min: 1, max: 100 })
      .exactOptional()
      .describe(
        'How often a person who has no second factor may put off setting one up, and is let in.',
      ),
  })
  .describe('What a sign-in that matches needs.')

export const sessionControls: z.ZodType<SessionControls> = z
  .strictObject({
    signInFrequency: z
      .strictObject({
        frequencyInterval: z
          .enum(['timeBased', 'everyTime'])
          .default('timeBased')
          .describe('After a time, or every time.'),
        value: wholeNumber({ min: 1, max: 1000 })
          .exactOptional()
          .describe('After how many hours or days.'),
        type: z.enum(['hours', 'days']).exactOptional().describe('What `value` counts.'),
        authenticationType: z
          .enum(['primaryAndSecondaryAuthentication', 'secondaryAuthentication'])
          .default('primaryAndSecondaryAuthentication')
          .describe('What has to be shown again: password and second factor, or only the latter.'),
      })
      .exactOptional()
      .describe('How long a sign-in counts before it has to be done again.'),
    persistentBrowser: z
      .strictObject({
        mode: z
          .enum(['always', 'never'])
          .describe('Whether a browser stays signed in when it is closed.'),
      })
      .exactOptional()
      .describe('Whether a browser stays signed in.'),
    tokenLifetime: z
      .strictObject({
        value: wholeNumber({ min: 1, max: 1000 }).describe('How many minutes or hours.'),
        type: z.enum(['minutes', 'hours']).describe('What `value` counts.'),
      })
      .exactOptional()
      .describe('How long access tokens are valid, at most.'),
    rememberBrowser: z
      .strictObject({
        value: wholeNumber({ min: 1, max: 365 }).describe('How many days.'),
        type: z.enum(['days']).default('days').describe('What `value` counts.'),
      })
      .exactOptional()
      .describe(
        'Lets people choose that `mfa` is not asked for again in the same browser, and for how ' +
          'long. Not offered unless a policy says so.',
      ),
  })
  .describe('How long a sign-in that matches lasts. Of several policies the strictest counts.')
