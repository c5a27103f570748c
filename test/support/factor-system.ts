import type { Asked } from '../../provider/broker/asked.ts'
import { openSecondFactors } from '../../provider/mfa/open-second-factors.ts'
import { passkeySettings } from '../../provider/mfa/passkey-settings.ts'
import type { RememberedBrowsers } from '../../provider/mfa/remembered-browsers.ts'
import type { SecondFactors } from '../../provider/mfa/second-factors.ts'
import { endedAt } from '../../provider/oidc/accounts/ended-at.ts'
import { bannedTerms } from '../../provider/passwords/banned.ts'
import { createNewPasswordRules } from '../../provider/passwords/passwords.ts'
import { openSigninLog } from '../../provider/signin/open-signin-log.ts'
import { openPasswordStep } from '../../provider/signin/password/open-password-step.ts'
import { createSignin } from '../../provider/signin/signin.ts'
import { createStepUp } from '../../provider/signin/step-up.ts'
import { createAcceptances } from '../../provider/terms/acceptances.ts'
import type { Account } from '../../shared/account.ts'
import type { Clock } from '../../shared/clock.ts'
import { type OidcSystem, people, startOidc } from './oidc-system.ts'

/** OpenID Connect with the real sign-in pages and second factors; the directory takes any password. */
export interface FactorSystem extends OidcSystem {
  readonly factors: SecondFactors
  readonly browsers: RememberedBrowsers
  /** Signs somebody out everywhere. */
  endSessions(sub: string): Promise<void>
  /** What the directory says of people; as in `people` unless it is changed. */
  readonly accounts: Record<string, Account>
}

// Nobody signs in here without a password.
const nobodyAnswers = {
  outcome: { name: 'unavailable', reason: 'noAgent' },
  milliseconds: 1,
} as const
const organization = { name: 'Corp' }
const realms = [{ name: 'corp', suffixes: ['corp.example'], default: true, changePasswords: true }]

export async function startFactorSystem(options: {
  readonly policies: string
  readonly clock: Clock
}): Promise<FactorSystem> {
  const accounts: Record<string, Account> = { ...people }
  const verify = async ({ username }: Asked) => {
    const account = accounts[username]
    const outcome = account
      ? ({ name: 'ok', account } as const)
      : ({ name: 'unknownUser' } as const)
    return { outcome, requestId: 'request-1', agent: 'agent-1', milliseconds: 1 }
  }
  let opened: ReturnType<typeof openSecondFactors> | undefined
  let endSessions: FactorSystem['endSessions'] = async () => {}
  const system = await startOidc({
    ...options,
    signIn: (given) => {
      const { store, clock, log } = given
      endSessions = (sub) => given.accounts.endSessions(sub)
      const settings = {
        organization,
        passkeys: passkeySettings.parse({}),
        authenticationStrengths: [],
      }
      const secret = clock.randomBytes(32)
      const secrets = () => [secret] as const
      const parts = { issuer: 'http://localhost', store, secrets, clock, log }
      opened = openSecondFactors(settings, { ...parts, endedAt: endedAt(given.accounts) })
      const acceptances = createAcceptances({ ...parts, terms: [] })
      const stepUp = createStepUp({ ...opened, acceptances, realms })
      const [broker, successes] = [{ verify, admit: async () => nobodyAnswers }, { note: () => {} }]
      const signinLog = openSigninLog({ log })
      const common = { ...given, ...opened, acceptances, stepUp, organization, realms }
      return {
        stepUp: { stepUp },
        feature: (oidc) =>
          createSignin({
            ...common,
            ...oidc,
            placeOf: (address) => given.policies.placeOf(address),
            broker,
            successes,
            signinLog,
            checkPassword: openPasswordStep({
              broker,
              successes,
              signinLog,
              delay: async () => {},
            }),
            newPasswords: createNewPasswordRules({ terms: bannedTerms([]), names: [] }),
            noticeDays: 7,
            resources: [],
          }),
      }
    },
  })
  if (opened === undefined) throw new Error('started without sign-in pages')
  return {
    ...system,
    factors: opened.factors,
    browsers: opened.rememberedBrowsers,
    accounts,
    endSessions,
  }
}
