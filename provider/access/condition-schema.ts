import { z } from 'zod'
import { isTimeZone } from './local-time.ts'
import {
  type ApplicationConditions,
  clientAppTypes,
  days,
  type Exception,
  type PolicyConditions,
  platforms,
  riskLevels,
  type TimeConditions,
  transferMethods,
  type UserConditions,
  userActions,
} from './policy.ts'

/** How the conditions of a policy are checked. The descriptions become its reference. */
export const conditions: z.ZodType<PolicyConditions> = z
  .strictObject({
    users: userConditions().describe('Whom it is about. Someone must be included.'),
    applications: applicationConditions().describe(
      'What they want to use or do. Apps, user actions or authentication contexts: one of the three.',
    ),
    clientAppTypes: z
      .array(z.enum([...clientAppTypes, 'all']))
      .min(1)
      .exactOptional()
      .describe(
        'How the app reaches us. `other` is an app that takes the password itself and shows no page of ours: for it, whatever a policy asks for and is not met already is a block.',
      ),
    locations: z
      .strictObject({
        includeLocations: names().describe('Names of `locations.yaml`, `All`, or `AllTrusted`.'),
        excludeLocations: names().describe('The same; exclude beats include.'),
      })
      .exactOptional()
      .describe('Where the person is, by the address they come from.'),
    platforms: z
      .strictObject({
        includePlatforms: z
          .array(z.enum([...platforms, 'all']))
          .min(1)
          .describe(
            'Operating systems, or `all`. A browser says itself what it runs on, and may lie.',
          ),
        excludePlatforms: z
          .array(z.enum(platforms))
          .default([])
          .describe('The same; exclude beats include.'),
      })
      .exactOptional()
      .describe('What the person sits at.'),
    signInRiskLevels: risks().describe('How unusual this sign-in is.'),
    userRiskLevels: risks().describe('How likely it is that somebody else has the password.'),
    authenticationFlows: z
      .strictObject({
        transferMethods: z
          .array(z.enum(transferMethods))
          .min(1)
          .describe('`deviceCodeFlow`: the person signs in for another device (RFC 8628).'),
      })
      .exactOptional()
      .describe('How the sign-in came about.'),
    times: timeConditions().exactOptional().describe('When it happens.'),
  })
  .describe('All of them must hold. One that is left out holds for every sign-in.')

export const exceptions: z.ZodType<readonly Exception[]> = z
  .array(
    z.strictObject({
      users: names().describe('User names, or `sub`.'),
      groups: names().describe('Groups.'),
      roles: names().describe('Roles.'),
      until: z
        .string()
        .refine(isDate, 'must be a day, as in 2026-12-31')
        .describe('The last day on which the exception holds.'),
      timeZone: timeZone().default('UTC').describe('Where that day ends, as in `Europe/Berlin`.'),
      note: z.string().min(1).exactOptional().describe('Why; for those who read the file.'),
    }),
  )
  .default([])
  .describe('People for whom the policy does not count until a day, and no longer.')

function userConditions(): z.ZodType<UserConditions> {
  return z.strictObject({
    includeUsers: names().describe('User names as `ada@corp.example`, `sub`, `All`, or `None`.'),
    excludeUsers: names().describe('User names or `sub`; exclude beats include.'),
    includeGroups: names().describe('Groups, as the directory calls them.'),
    excludeGroups: names().describe('The same; exclude beats include.'),
    includeRoles: names().describe('Roles: what the claim `roles` lists.'),
    excludeRoles: names().describe('The same; exclude beats include.'),
  })
}

function applicationConditions(): z.ZodType<ApplicationConditions> {
  return z.strictObject({
    includeApplications: names().describe('`client_id`s, `All`, or `None`.'),
    excludeApplications: names().describe('`client_id`s; exclude beats include.'),
    includeUserActions: z
      .array(z.enum(userActions))
      .default([])
      .describe('`urn:user:registersecurityinfo`: somebody sets up or removes a second factor.'),
    includeAuthenticationContextClassReferences: names().describe(
      'What apps ask for by `acr_values`, or by `acr` in `claims`.',
    ),
  })
}

function timeConditions(): z.ZodType<TimeConditions> {
  return z.strictObject({
    timeZone: timeZone().describe('Whose clocks count, as in `Europe/Berlin`.'),
    includeTimes: windows().describe('When it counts; any time unless given.'),
    excludeTimes: windows().describe('When it does not; exclude beats include.'),
  })
}

function windows() {
  return z
    .array(
      z.strictObject({
        days: z
          .array(z.enum(days))
          .min(1)
          .exactOptional()
          .describe('Days on which the window begins; every day unless given.'),
        from: timeOfDay(/^([01]\d|2[0-3]):[0-5]\d$/, '08:00').describe(
          'Its first minute, in quotes. The whole day unless `from` and `to` are given.',
        ),
        to: timeOfDay(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, '17:30').describe(
          'When it is over, in quotes; if that is before `from`, then on the next day.',
        ),
      }),
    )
    .default([])
}

function timeOfDay(form: RegExp, example: string) {
  return z.string().regex(form, `must be a time of day, as in "${example}"`).exactOptional()
}

function names() {
  return z.array(z.string().min(1)).default([])
}

function risks() {
  return z.array(z.enum(riskLevels)).min(1).exactOptional()
}

function timeZone() {
  return z.string().refine(isTimeZone, 'is no time zone; they are called as in Europe/Berlin')
}

/** A day of the calendar; 30 February is none. */
function isDate(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return /^\d{4}-\d\d-\d\d$/.test(text) && new Date(time).toISOString().startsWith(text)
}
