import { z } from 'zod'
import { redisPlace, redisSettings } from '../shared/redis/settings.ts'
import { withCrossChecks } from '../shared/settings/cross-check.ts'
import { fileName, logSettings, partName, suffix } from '../shared/settings/fields.ts'
import { whyNotIssuer } from '../shared/settings/issuer.ts'
import { wholeNumber } from '../shared/settings/whole-number.ts'
import { webhookSettings } from './agents/webhook-settings.ts'
import { breakGlassSettings } from './break-glass/settings.ts'
import { forwardedHeader, trustedProxies } from './http/settings.ts'
import { metricsSettings } from './metrics/settings.ts'
import { passkeySettings } from './mfa/passkey-settings.ts'
import { strengthSettings } from './mfa/strength-settings.ts'
import { riskSettings } from './risk/settings.ts'
import type { ProviderSettings } from './settings.ts'
import { crossChecks } from './settings-cross-checks.ts'
import {
  changePasswords,
  newPasswords,
  passwordHelp,
  passwordRefusedHelp,
} from './settings-passwords.ts'
import { canaries, canaryNames, secondOpinion, secondOpinionGroups } from './settings-trust.ts'
import { signInRecordSettings } from './signin-log/settings.ts'
import { termsSettings } from './terms/settings.ts'

/**
 * How `provider.yaml` is checked. The descriptions become the JSON Schema for editors and the
 * settings reference. Each default says why it is what it is.
 */
const day = 86_400

const issuer = z
  .string()
  .superRefine((text, context) => {
    const message = whyNotIssuer(text)
    if (message !== undefined) context.addIssue({ code: 'custom', message })
  })
  .describe(
    'The address of this provider, exactly as apps know it; https, or http on a loopback host. ' +
      'It stands in every token, so changing it later means telling every app.',
  )

const listen = z
  .strictObject({
    // Loopback: TLS ends at a reverse proxy, and plain HTTP is not for a network.
    host: z.string().min(1).default('127.0.0.1').describe('The address to listen on.'),
    port: wholeNumber({ min: 0, max: 65_535 })
      .default(8080)
      .describe('The TCP port; 0 takes any free one.'),
  })
  .prefault({})
  .describe('Where it takes HTTP. TLS ends at a reverse proxy in front of it.')

const realm = z.strictObject({
  name: partName.describe(
    "The realm's name. It is a part of every `sub` of its people: never change it.",
  ),
  suffixes: z
    .array(suffix)
    .default([])
    .describe("What comes after the @ of its people's user names; written without the @."),
  netbiosNames: z
    .array(z.string().regex(/^[^\\@\s]{1,255}$/, 'must be written without the \\, as in CORP'))
    .default([])
    .describe(
      'What comes before the backslash of user names like CORP\\alice: short names of its Active Directory domain.',
    ),
  default: z
    .boolean()
    .default(false)
    .describe(
      'Takes user names without a suffix, and with one that no realm has. One realm at most.',
    ),
  secondOpinion,
  secondOpinionGroups,
  canaries: canaryNames,
  changePasswords,
  passwordHelp,
  passwordRefusedHelp,
})

const agentAuthority = z
  .strictObject({
    directory: fileName
      .default('authority')
      .describe(
        "Folder with the authority's key and certificates, and what this host remembers of agents; " +
          '`postern keys create authority FOLDER` makes it. Whoever reads it can make agents.',
      ),
  })
  .prefault({})
  .describe('What certifies agents.')

const resource = z.strictObject({
  identifier: z
    .string()
    .refine(
      isResource,
      'must be an absolute URI without a #fragment, as in https://api.example.com',
    )
    .describe('What apps send as `resource` (RFC 8707); becomes the `aud` of access tokens.'),
  name: z.string().min(1).describe('What the consent page calls it.'),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5B\x5D-\x7E]+$/, 'must be a scope: one word'))
    .default([])
    .describe('The scopes that apps can ask for.'),
})

const organization = z
  .strictObject({
    name: z.string().min(1).max(100).describe('Whose sign-in this is, as people know it.'),
    help: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe('Where people find help: a telephone number, an address, an office.'),
  })
  // No default: a sign-in page that does not say whose it is teaches people to trust any.
  .describe('What the pages say about who runs this.')

const lifetimes = z
  .strictObject({
    // A working day with one sign-in in its morning.
    session: seconds(60, 90 * day, day / 2).describe(
      'Seconds that a browser stays signed in, counted from its last use.',
    ),
    // Time to look for a password, but not for somebody else to find the page next morning.
    interaction: seconds(60, day, 1800).describe('Seconds that a sign-in page may stay open.'),
    // Those that are JWTs cannot be taken back, so they end soon.
    accessToken: seconds(30, day, 900).describe('Seconds that an access token is valid.'),
    // Read once, when it arrives; an hour forgives the clocks of apps.
    idToken: seconds(30, day, 3600).describe('Seconds that an ID token is valid.'),
    // A week away from an app, and its person signs in anew.
    refreshToken: seconds(60, 365 * day, 7 * day).describe(
      'Seconds that a refresh token is valid if it is not used; each use gives a new one.',
    ),
  })
  .prefault({})
  .describe('How long things are valid.')

const accountChecks = z
  .strictObject({
    // A leaver is out within minutes, and the directory has little to do.
    every: seconds(0, day, 300).describe(
      'Seconds: how often the directory is asked about one account at most, when an app refreshes ' +
        'its tokens or a signed-in person goes to another app; 0 for never.',
    ),
    // Long enough to mend a directory, short enough that cutting it off is no way to stay in.
    goOnFor: seconds(0, 7 * day, 3600).describe(
      'Seconds after the last good answer that this goes on while no directory answers.',
    ),
  })
  .prefault({})
  .describe('Whether people who are signed in still have their account and password.')

const alerts = z
  .strictObject({ webhook: webhookSettings.exactOptional() })
  .prefault({})
  .describe('Whom admins hear of alerts from, beside the log.')

const fields: z.ZodType<ProviderSettings> = z.strictObject({
  issuer,
  listen,
  trustedProxies,
  forwardedHeader,
  redis: redisSettings.describe('The Redis that carries questions to agents and holds all state.'),
  dataKeyFile: fileName.describe(
    'File with the key that seals personal data and secrets before they are stored; ' +
      '`postern keys create data FILE` makes it.',
  ),
  channelKeyFile: fileName.describe(
    'File with the private key that agents pin the public half of; ' +
      '`postern keys create channel FILE` makes it.',
  ),
  realms: z.array(realm).min(1).describe('The directories that people come from.'),
  agentAuthority,
  agentRedis: redisPlace
    .exactOptional()
    .describe(
      'How agents reach Redis, if not as this provider does; they are told when they enrol.',
    ),
  agentRedisUsers: z
    .boolean()
    .default(true)
    .describe(
      'Make a user of Redis for each agent, with the rights that it needs and no others. Without, ' +
        'an admin makes them.',
    ),
  clientsDirectory: fileName
    .default('clients')
    .describe('Folder with one YAML file for each app; changes are picked up while it runs.'),
  policiesDirectory: fileName
    .exactOptional()
    .describe(
      'Folder with one YAML file for each policy of conditional access, and `locations.yaml` beside ' +
        'it; changes are picked up while it runs. Without, no policies act.',
    ),
  breakGlass: breakGlassSettings.exactOptional(),
  termsOfUse: termsSettings,
  risk: riskSettings.exactOptional(),
  resources: z
    .array(resource)
    .default([])
    .describe('APIs that access tokens may be issued for (RFC 8707); they get JWTs (RFC 9068).'),
  organization,
  newPasswords,
  passkeys: passkeySettings,
  authenticationStrengths: strengthSettings,
  lifetimes,
  accountChecks,
  signInRecords: signInRecordSettings,
  canaries,
  alerts,
  metrics: metricsSettings.exactOptional(),
  log: logSettings,
})

export const providerSettings: z.ZodType<ProviderSettings> = withCrossChecks(fields, crossChecks)

function seconds(min: number, max: number, standard: number): z.ZodDefault<z.ZodNumber> {
  return wholeNumber({ min, max }, 'seconds').default(standard)
}

function isResource(text: string): boolean {
  return URL.canParse(text) && !text.includes('#')
}
