import { createAccount } from '../../provider/account/account.ts'
import type { Alert } from '../../provider/agents/alert.ts'
import { createSecondFactors } from '../../provider/mfa/create-second-factors.ts'
import { createPutOffs } from '../../provider/mfa/put-offs.ts'
import { createRecoveryCodes } from '../../provider/mfa/recovery-codes.ts'
import {
  createRememberedBrowsers,
  type RememberedBrowsers,
} from '../../provider/mfa/remembered-browsers.ts'
import type { SecondFactors } from '../../provider/mfa/second-factors.ts'
import { createStrengths } from '../../provider/mfa/strengths.ts'
import { createTotp } from '../../provider/mfa/totp.ts'
import { createStepUp } from '../../provider/signin/step-up.ts'
import type { SignInRecord } from '../../provider/signin-log/sign-in-record.ts'
import { createLog } from '../../shared/log.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import { createMemoryStore } from '../../shared/store-memory.ts'
import { type MovedClock, movedClock } from './moved-clock.ts'
import { type OidcSystem, type OidcSystemOptions, startOidc } from './oidc-system.ts'

/** A person's own pages over real sessions, factors and policies; sign-ins are let in by name. */
export interface AccountSystem extends OidcSystem {
  readonly clock: MovedClock
  readonly factors: SecondFactors
  readonly browsers: RememberedBrowsers
  readonly alerts: Alert[]
  /** What was kept of everybody's sign-ins. */
  readonly records: SignInRecord[]
}

export async function startAccountSystem(options: OidcSystemOptions = {}): Promise<AccountSystem> {
  const clock = movedClock()
  const log = createLog({ level: 'silent', process: 'test' })
  const store = sealedStore(createMemoryStore(clock), clock.randomBytes(32), clock)
  const methods = [createTotp({ issuer: 'Corp', clock }), createRecoveryCodes({ clock })]
  const factors = createSecondFactors({ store, clock, log, factors: methods })
  const browsers = createRememberedBrowsers({ store, clock, endedAt: async () => 0 })
  const strengths = createStrengths([])
  const realms = [
    { name: 'corp', suffixes: ['corp.example'], default: true, changePasswords: true },
  ]
  const enrollable = ['totp'] as const
  const acceptances = { find: () => undefined, isAccepted: async () => false }
  const putOffs = createPutOffs({ store })
  const alerts: Alert[] = []
  const records: SignInRecord[] = []
  const own = { factors, strengths, enrollable, realms }
  const system = await startOidc({
    ...options,
    clock,
    stepUp: createStepUp({ ...own, acceptances, rememberedBrowsers: browsers, putOffs }),
    features: (given) => [
      createAccount({
        ...given,
        ...own,
        ownSessions: given.oidc.ownSessions,
        rememberedBrowsers: browsers,
        records: { recent: async (sub) => records.filter((record) => record.sub === sub) },
        access: {
          policies: { placeOf: (address) => (address === '192.0.2.7' ? { country: 'NZ' } : {}) },
        },
        alerts: { raise: (alert) => void alerts.push(alert) },
        organization: { name: 'Corp' },
      }),
    ],
  })
  return { ...system, clock, factors, browsers, alerts, records }
}
