import type { FactorMethod } from './factor.ts'
import { type ShownMethod, shownMethod } from './shown-method.ts'
import type { StrengthSettings } from './strength-settings.ts'

/**
 * PURE. Strengths of authentication: which methods, shown together, are enough. Policies and apps
 * (`acr`) ask for them by name. The three that there always are, are those of Microsoft Graph's
 * `authenticationStrengthPolicy`. Each of them is more than one factor.
 */
export interface Strengths {
  /** Weakest first. */
  readonly names: readonly string[]
  /** Those that the methods meet together, weakest first. */
  met(shown: readonly ShownMethod[]): readonly string[]
}

const withKey: readonly StrengthSettings['allowedCombinations'][number][] = [
  ['passkey'],
  ['password', 'securityKey'],
]

const multifactor: StrengthSettings = {
  name: 'multifactor',
  allowedCombinations: [
    ...withKey,
    ['password', 'totp'],
    ['password', 'recoveryCode'],
    ['password', 'temporaryAccessPass'],
  ],
}

const stronger: readonly StrengthSettings[] = [
  { name: 'passwordless', allowedCombinations: [['passkey']] },
  { name: 'phishingResistant', allowedCombinations: withKey },
]

/** Names that none of one's own can have. */
export const builtInStrengths: readonly string[] = [multifactor, ...stronger].map(
  ({ name }) => name,
)

/** PURE. @param own from the settings */
export function createStrengths(own: readonly StrengthSettings[]): Strengths {
  const all = [multifactor, ...own, ...stronger]
  return {
    names: all.map(({ name }) => name),
    met: (shown) => {
      const has = new Set<ShownMethod>(shown)
      // Whoever has shown more has shown that, too.
      if (has.has('passkey')) has.add('securityKey')
      return all.filter((strength) => isMet(strength, has)).map(({ name }) => name)
    },
  }
}

function isMet({ allowedCombinations }: StrengthSettings, has: ReadonlySet<string>): boolean {
  return allowedCombinations.some((methods) => methods.every((method) => has.has(method)))
}

/**
 * PURE. `amr` of a sign-in: what was shown, and `mfa` for several factors (RFC 8176, section 2).
 * @param proofs each with the values of it alone
 */
export function amrOf(
  strengths: Strengths,
  proofs: readonly {
    readonly method: 'password' | FactorMethod
    readonly amr: readonly string[]
  }[],
): readonly string[] {
  const shown = proofs.map(({ method, amr }) =>
    method === 'password' ? method : shownMethod({ method, amr }),
  )
  const several = strengths.met(shown).length > 0 ? ['mfa'] : []
  return [...new Set([...proofs.flatMap(({ amr }) => amr), ...several])]
}
