import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { createSecondFactors } from './create-second-factors.ts'
import type { Factor, FactorMethod } from './factor.ts'
import { createNudges, type Nudges } from './nudges.ts'
import { createPasskey } from './passkey.ts'
import type { PasskeySettings } from './passkey-settings.ts'
import { createPutOffs, type PutOffs } from './put-offs.ts'
import { createRecoveryCodes } from './recovery-codes.ts'
import { relyingPartyOf } from './relying-party.ts'
import { createRememberedBrowsers, type RememberedBrowsers } from './remembered-browsers.ts'
import type { SecondFactors } from './second-factors.ts'
import type { StrengthSettings } from './strength-settings.ts'
import { createStrengths, type Strengths } from './strengths.ts'
import { createTemporaryAccessPass } from './temporary-access-pass.ts'
import { createTotp } from './totp.ts'

/** Second proofs as the settings have them. */
export interface OpenedFactors {
  readonly factors: SecondFactors
  readonly rememberedBrowsers: RememberedBrowsers
  readonly putOffs: PutOffs
  readonly nudges: Nudges
  readonly strengths: Strengths
  /** What people set up for themselves, the strongest first. */
  readonly enrollable: readonly FactorMethod[]
}

/** @param parts.store sealed */
export function openSecondFactors(
  settings: {
    readonly passkeys: PasskeySettings
    readonly authenticationStrengths: readonly StrengthSettings[]
    readonly organization: { readonly name: string }
  },
  parts: {
    readonly issuer: string
    readonly store: Store
    /** Of all provider processes. */
    readonly secrets: () => readonly [Buffer, ...Buffer[]]
    readonly clock: Clock
    readonly log: Logger
    /** As for remembered browsers. */
    readonly endedAt: (sub: string) => Promise<number>
  },
): OpenedFactors {
  const { issuer, clock } = parts
  const { name } = settings.organization
  const relyingParty = relyingPartyOf(issuer, name)
  const passkeys: readonly Factor[] = relyingParty
    ? [createPasskey({ relyingParty, settings: settings.passkeys, clock })]
    : []
  const all = [
    ...passkeys,
    createTotp({ issuer: name, clock }),
    createRecoveryCodes({ clock }),
    createTemporaryAccessPass({ clock }),
  ]
  return {
    factors: createSecondFactors({ ...parts, factors: all }),
    rememberedBrowsers: createRememberedBrowsers(parts),
    putOffs: createPutOffs(parts),
    nudges: createNudges(parts.store),
    strengths: createStrengths(settings.authenticationStrengths),
    enrollable: [...passkeys.map(({ method }) => method), 'totp'],
  }
}
