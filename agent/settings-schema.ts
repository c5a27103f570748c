import { z } from 'zod'
import { proxySettings } from '../shared/proxy-settings.ts'
import { redisSettings } from '../shared/redis/settings.ts'
import { type CrossCheck, withCrossChecks } from '../shared/settings/cross-check.ts'
import { fileName, logSettings, partName, suffix } from '../shared/settings/fields.ts'
import { whyNotIssuer } from '../shared/settings/issuer.ts'
import { entriesOf, repeats } from '../shared/settings/repeats.ts'
import { wholeNumber } from '../shared/settings/whole-number.ts'
import { backendSettings } from './backends/settings.ts'
import type { AgentSettings } from './settings.ts'

/**
 * How `agent.yaml` is checked. The descriptions become the JSON Schema for editors and the
 * settings reference.
 */
const realm = z.strictObject({
  name: partName.describe("The realm's name, as in the provider's settings."),
  suffixes: z
    .array(suffix)
    .default([])
    .describe('Cut off the user name, with the @, where the directory knows people without it.'),
  backend: backendSettings.describe('What this agent asks about the people of the realm.'),
})

const issuer = z.string().superRefine((text, context) => {
  const message = whyNotIssuer(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const fields: z.ZodType<AgentSettings> = z.strictObject({
  name: partName.describe("This agent's name, which it has been given at its enrolment."),
  redis: redisSettings.describe('The Redis that carries questions from the provider.'),
  issuer: issuer.describe("The provider's address, as in its settings."),
  issuerCaFile: fileName
    .exactOptional()
    .describe(
      "PEM file of the authorities to trust for the issuer's certificate; the system's unless given.",
    ),
  identityDirectory: fileName
    .default('identity')
    .describe(
      "Folder with this agent's key and certificate, of its owner alone; " +
        '`postern agent enrol` makes it, and the running agent renews what is in it.',
    ),
  realms: z.array(realm).min(1).describe('The realms whose people it can ask about.'),
  proxy: proxySettings
    .exactOptional()
    .describe(
      'The HTTP proxy on the way to the provider and to Redis; directory servers are reached ' +
        'without it. Unless given, that of HTTPS_PROXY and NO_PROXY.',
    ),
  // As many as one directory connection pool answers in a few milliseconds; see `npm run bench`.
  concurrency: wholeNumber({ min: 1, max: 1000 })
    .default(64)
    .describe('Questions in hand at once; more wait on the stream.'),
  log: logSettings,
})

const crossChecks: readonly CrossCheck<AgentSettings>[] = [
  {
    of: ['realms'],
    problems: ({ realms }) =>
      repeats(entriesOf('realms', realms, 'name')).map(({ path }) => ({
        path,
        message: "is another realm's name",
      })),
  },
]

export const agentSettings: z.ZodType<AgentSettings> = withCrossChecks(fields, crossChecks)
