import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Successes } from '../agents/successes.ts'
import type { VerdictSource } from '../broker/verdict-source.ts'
import type { Feature } from '../http/feature.ts'
import type { FactorMethod } from '../mfa/factor.ts'
import type { Nudges } from '../mfa/nudges.ts'
import type { PutOffs } from '../mfa/put-offs.ts'
import type { RememberedBrowsers } from '../mfa/remembered-browsers.ts'
import type { SecondFactors } from '../mfa/second-factors.ts'
import type { StepUp } from '../oidc/access/step-up.ts'
import type { Accounts } from '../oidc/accounts/accounts.ts'
import type { Interactions } from '../oidc/interaction.ts'
import type { NewPasswordRules } from '../passwords/passwords.ts'
import type { OrganizationSettings, ResourceSettings } from '../settings.ts'
import type { SigninLog } from '../signin-log/signin-log.ts'
import type { Acceptances } from '../terms/acceptances.ts'
import { endingDrawings } from './ending-drawings.ts'
import { factorDrawings } from './factors/factor-drawings.ts'
import { findFactors } from './factors/find-factors.ts'
import { beginPasskey, passkeyDrawings } from './factors/passkey-forms.ts'
import { createPasskeyStep } from './factors/passkey-step.ts'
import type { RememberParts } from './factors/remember-browser.ts'
import { type OwnPasswordParts, ownPassword } from './password/own-password.ts'
import { passwordDrawings } from './password/password-drawings.ts'
import type { PasswordStep } from './password/password-step.ts'
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
  readonly rememberedBrowsers: RememberedBrowsers
  readonly putOffs: PutOffs
  readonly nudges: Nudges
  /** Where an address is, as far as that is known. */
  readonly placeOf: RememberParts['placeOf']
  readonly broker: Pick<VerdictSource, 'admit'>
  readonly successes: Pick<Successes, 'note'>
  readonly signinLog: SigninLog
  readonly checkPassword: PasswordStep
  readonly log: Logger
  readonly organization: OrganizationSettings
  readonly realms: readonly SigninRealm[]
  readonly newPasswords: NewPasswordRules
  /** How many days before it expires people are told of it. */
  readonly noticeDays: number
  readonly clock: Pick<Clock, 'now'>
  readonly resources: readonly ResourceSettings[]
  /** Local mode: whom the first page offers. */
  readonly people?: readonly SamplePerson[]
}

export function createSignin(parts: SigninParts): Feature {
  const checkPasskey = createPasskeyStep(parts)
  const people = parts.people ?? []
  const drawings = {
    ...passwordDrawings({ ...parts, people, beginPasskey: () => beginPasskey(parts) }),
    ...factorDrawings(parts),
    ...passkeyDrawings,
    ...termsDrawings(parts),
    ...endingDrawings(parts),
  }
  const show = createShow({
    ...parts,
    drawings,
    findFactors: (ctx, demand) => findFactors(parts, ctx, demand),
  })
  const features = [signinRoutes({ ...parts, checkPasskey, show }), ownPassword(parts)]
  return {
    mount: (router) => {
      for (const feature of features) feature.mount(router)
    },
  }
}
