import type { Control } from '../access/decision.ts'
import { type FactorMethod, factorMethods } from '../mfa/factor.ts'
import type { PutOffs } from '../mfa/put-offs.ts'
import { rememberedCookie } from '../mfa/remembered-browser-cookie.ts'
import type { RememberedBrowser, RememberedBrowsers } from '../mfa/remembered-browsers.ts'
import type { SecondFactors } from '../mfa/second-factors.ts'
import { type ShownMethod, shownMethod } from '../mfa/shown-method.ts'
import type { Strengths } from '../mfa/strengths.ts'
import type { Proof } from '../oidc/access/proofs.ts'
import type { StepUp } from '../oidc/access/step-up.ts'
import { realmOfSub } from '../oidc/accounts/accounts.ts'
import type { ShownProof } from '../oidc/interaction.ts'
import type { Acceptances } from '../terms/acceptances.ts'
import { chooseFactor } from './factors/choose-factor.ts'
import { termsIn } from './next-step.ts'
import type { SigninRealm } from './realm.ts'

export interface StepUpParts {
  readonly factors: Pick<SecondFactors, 'of'>
  readonly rememberedBrowsers: Pick<RememberedBrowsers, 'find'>
  readonly putOffs: Pick<PutOffs, 'count'>
  readonly strengths: Strengths
  readonly enrollable: readonly FactorMethod[]
  readonly acceptances: Pick<Acceptances, 'find' | 'isAccepted'>
  readonly realms: readonly SigninRealm[]
}

/** What people can be asked for on the pages of this folder, and what of it they have done before. */
export function createStepUp(parts: StepUpParts): StepUp {
  const { acceptances, realms, factors, strengths, enrollable } = parts
  const { rememberedBrowsers, putOffs } = parts
  const met: StepUp['met'] = (shown) => strengths.met(shown.flatMap(asMethod))

  async function canShow(sub: string, control: Control): Promise<boolean> {
    const has = (await factors.of(sub)).map(({ method }) => method)
    const shown = [{ method: 'password', amr: ['pwd'] }] as const
    return chooseFactor({ control, has, shown, recent: shown, enrollable, met }).methods.length > 0
  }

  async function isAvailable(sub: string, control: Control): Promise<boolean> {
    const terms = termsIn(control)
    if (terms !== undefined) return acceptances.find(terms) !== undefined
    if (control === 'secondOpinion') return true
    if (control !== 'passwordChange') return canShow(sub, control)
    const realm = realms.find(({ name }) => name === realmOfSub(sub))
    return realm?.changePasswords === true
  }

  return {
    strengths: strengths.names,
    met,
    standing: async (ctx, sub, controls) => {
      const browser = ctx && controls.includes('mfa') && rememberedCookie(ctx)
      const remembered = browser ? await rememberedBrowsers.find(sub, browser) : undefined
      const accepted = await Promise.all(
        controls.map(async (control) => {
          const terms = termsIn(control)
          return terms !== undefined && (await acceptances.isAccepted(sub, terms))
        }),
      )
      const proofs = remembered ? [proofOf(remembered)] : []
      return { controls: controls.filter((_, at) => accepted[at]), proofs }
    },
    available: async (sub, controls) => {
      const isThere = await Promise.all(controls.map((control) => isAvailable(sub, control)))
      return controls.filter((_, at) => isThere[at])
    },
    putOffs: async (sub) => {
      const has = await factors.of(sub)
      return has.length === 0 ? putOffs.count(sub) : undefined
    },
  }
}

function proofOf({ at }: RememberedBrowser): Proof {
  return { method: 'rememberedBrowser', at: Math.floor(at / 1000), amr: [] }
}

/** What is no method of a strength counts by itself, or for nothing. */
function asMethod({ method, amr }: ShownProof): readonly ShownMethod[] {
  if (method === 'password') return [method]
  return isMethod(method) ? [shownMethod({ method, amr })] : []
}

function isMethod(method: ShownProof['method']): method is FactorMethod {
  return (factorMethods as readonly string[]).includes(method)
}
