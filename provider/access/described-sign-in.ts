import { isIP } from 'node:net'
import { z } from 'zod'
import { breakGlassUserName, isBreakGlass } from '../break-glass/realm.ts'
import type { Place } from './locate.ts'
import {
  type ClientAppType,
  clientAppTypes,
  type Platform,
  platforms,
  type RiskLevel,
  riskLevels,
  type TransferMethod,
  transferMethods,
  type UserAction,
  userActions,
} from './policy.ts'
import type { Signals, Whereabouts } from './signals.ts'

/** A sign-in that somebody thinks of, in a file of cases or on the command line. */
export interface DescribedSignIn {
  readonly user?: string
  readonly sub?: string
  readonly groups?: readonly string[]
  readonly roles?: readonly string[]
  readonly app?: string
  readonly authenticationContexts: readonly string[]
  readonly userAction?: UserAction
  readonly clientAppType: ClientAppType
  readonly ip?: string
  readonly country?: string
  readonly platform?: Platform
  readonly signInRisk?: RiskLevel
  readonly userRisk?: RiskLevel
  readonly authenticationFlow: TransferMethod | 'none'
  readonly at?: string
}

const names = z.array(z.string().min(1))

/** What is left out is unknown, but for the three that have a default: those of a usual sign-in. */
export const describedSignIn: z.ZodType<DescribedSignIn> = z.strictObject({
  user: z.string().min(1).exactOptional().describe('User name, as `ada@corp.example`.'),
  sub: z.string().min(1).exactOptional().describe('The same person, as tokens call them.'),
  groups: names.exactOptional().describe('All groups of the person.'),
  roles: names.exactOptional().describe('All roles of the person.'),
  app: z.string().min(1).exactOptional().describe('`client_id`.'),
  authenticationContexts: names.default([]).describe('What the app asks for by `acr_values`.'),
  userAction: z.enum(userActions).exactOptional().describe('In place of `app`.'),
  clientAppType: z.enum(clientAppTypes).default('browser').describe('How the app reaches us.'),
  ip: z
    .string()
    .refine((text) => isIP(text) > 0, 'must be an IP address')
    .exactOptional()
    .describe('The address that the person comes from.'),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capital letters, as in DE (ISO 3166-1)')
    .exactOptional()
    .describe('Its country, instead of looking it up.'),
  platform: z.enum(platforms).exactOptional().describe('What the person sits at.'),
  signInRisk: z.enum(riskLevels).exactOptional().describe('How unusual the sign-in is.'),
  userRisk: z.enum(riskLevels).exactOptional().describe('How likely the password is stolen.'),
  authenticationFlow: z
    .enum([...transferMethods, 'none'])
    .default('none')
    .describe('How the sign-in came about.'),
  at: z
    .string()
    .refine(isMoment, 'must be a moment with its offset, as in 2026-12-31T18:00:00+01:00')
    .exactOptional()
    .describe('When it happens, in quotes.'),
})

/** PURE, as `locate` is. */
export function signalsOf(
  described: DescribedSignIn,
  locate: (place: Place) => Whereabouts,
): Signals {
  const { user, sub, at, ip, country, ...same } = described
  const called = [user, sub].filter((name) => name !== undefined)
  const place = { ...(ip === undefined ? {} : { ip }), ...(country ? { country } : {}) }
  return {
    ...same,
    ...(called.length > 0 ? { user: called } : {}),
    ...(at === undefined ? {} : { at: Date.parse(at) }),
    ...(called.some(isOfBreakGlass) ? { breakGlass: true } : {}),
    whereabouts: locate(place),
  }
}

function isOfBreakGlass(called: string): boolean {
  return isBreakGlass(called) || called.toLowerCase().endsWith(breakGlassUserName(''))
}

/** True if it can mean one moment alone: a time without its offset is another one elsewhere. */
function isMoment(text: string): boolean {
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/
  return form.test(text) && !Number.isNaN(Date.parse(text))
}
