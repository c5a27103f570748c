import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Successes } from '../agents/successes.ts'
import type { VerdictSource } from '../broker/verdict-source.ts'
import type { Feature } from '../http/feature.ts'
import { countedSigninLog } from '../metrics/counted-signin-log.ts'
import { type Metrics, noMetrics } from '../metrics/metrics.ts'
import type { FactorMethod } from '../mfa/factor.ts'
import type { SecondFactors } from '../mfa/second-factors.ts'
import type { Accounts } from '../oidc/accounts.ts'
import type { Interactions } from '../oidc/interaction.ts'
import type { StepUp } from '../oidc/step-up.ts'
import type { NewPasswordRules } from '../passwords/passwords.ts'
import type { Risk } from '../risk/risk.ts'
import type { OrganizationSettings, ResourceSettings } from '../settings.ts'
import { keptSigninLog } from '../signin-log/kept-signin-log.ts'
import type { SignInRecords } from '../signin-log/sign-in-records.ts'
import { createSigninLog } from '../signin-log/signin-log.ts'
import type { Acceptances } from '../terms/acceptances.ts'
import { endingDrawings } from './ending-drawings.ts'
import { factorDrawings } from './factor-drawings.ts'
import { findFactors } from './find-factors.ts'
import { type OwnPasswordParts, ownPassword } from './own-password.ts'
import { beginPasskey } from './passkey-forms.ts'
import { createPasskeyStep } from './passkey-step.ts'
import { passwordDrawings } from './password-drawings.ts'
import { createPasswordStep } from './password-step.ts'
import type { SigninRealm } from './realm.ts'
import { signinRoutes } from './routes.ts'
import type { SamplePerson } from './sample-person.ts'
import { createShow } from './show.ts'
import { termsDrawings } from './terms-step.ts'

/**
 * Signing in: what happens between an app's authorization request and the redirect back to it.
 * One address for each sign-in shows the page of its next step; each form goes to an address of
 * its own, changes the attempt and sends the browser back to the first. So reload and back do no
 * harm, and nothing needs a script.
 */
export interface SigninParts {
  readonly interactions: Interactions
  readonly ownSessions: OwnPasswordParts['ownSessions']
  readonly accounts: Pick<Accounts, 'find' | 'save' | 'subOfName'>
  readonly acceptances: Acceptances
  readonly factors: SecondFactors
  /** What people set up for themselves. */
  readonly enrollable: readonly FactorMethod[]
  readonly stepUp: Pick<StepUp, 'met'>
  readonly broker: VerdictSource
  readonly successes: Pick<Successes, 'note'>
  /** Told of each password; nobody is unless given. */
  readonly risk?: Pick<Risk, 'tried'>
  readonly log: Logger
  readonly metrics?: Pick<Metrics, 'signIn'>
  /** Nothing is kept unless given. */
  readonly records?: Pick<SignInRecords, 'check' | 'fault'>
  readonly organization: OrganizationSettings
  readonly realms: readonly SigninRealm[]
  readonly newPasswords: NewPasswordRules
  /** How many days before it expires people are told of it. */
  readonly noticeDays: number
  readonly clock: Pick<Clock, 'now'>
  readonly resources: readonly ResourceSettings[]
  /** Local mode: whom the first page offers. */
  readonly people?: readonly SamplePerson[]
  /** Resolves after so many milliseconds; a real timer unless a test holds it. */
  readonly delay?: (milliseconds: number) => Promise<unknown>
}

export function createSignin(parts: SigninParts): Feature {
  const { broker, successes, log } = parts
  const counted = countedSigninLog(createSigninLog(log), parts.metrics ?? noMetrics)
  const signinLog = keptSigninLog(counted, parts.records)
  const checkPassword = createPasswordStep({
    broker,
    successes,
    signinLog,
    ...(parts.risk && { risk: parts.risk }),
    // A refusal that is being held back must not hold up the end of the process.
    delay: parts.delay ?? ((milliseconds) => delay(milliseconds, undefined, { ref: false })),
  })
  const checkPasskey = createPasskeyStep({ ...parts, signinLog })
  const people = parts.people ?? []
  const drawings = {
    ...passwordDrawings({ ...parts, people, beginPasskey: () => beginPasskey(parts) }),
    ...factorDrawings(parts),
    ...termsDrawings(parts),
    ...endingDrawings(parts),
  }
  const show = createShow({
    ...parts,
    drawings,
    findFactors: (ctx, demand) => findFactors(parts, ctx, demand),
  })
  const features = [
    signinRoutes({ ...parts, checkPassword, checkPasskey, show }),
    ownPassword({ ...parts, checkPassword }),
  ]
  return {
    mount: (router) => {
      for (const feature of features) feature.mount(router)
    },
  }
}
