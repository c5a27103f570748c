import { realmOfSub } from '../oidc/accounts.ts'
import type { StepUp } from '../oidc/step-up.ts'
import type { Acceptances } from '../terms/acceptances.ts'
import { termsIn } from './next-step.ts'
import type { SigninRealm } from './realm.ts'

export interface StepUpParts {
  readonly acceptances: Pick<Acceptances, 'find' | 'isAccepted'>
  readonly realms: readonly SigninRealm[]
}

/** What people can be asked for on the pages of this folder, and what of it they have done before. */
export function createStepUp(parts: StepUpParts): StepUp {
  const { acceptances, realms } = parts
  return {
    strengths: [],
    met: () => [],
    standing: async (_ctx, sub, controls) => {
      const accepted = await Promise.all(
        controls.map(async (control) => {
          const terms = termsIn(control)
          return terms !== undefined && (await acceptances.isAccepted(sub, terms))
        }),
      )
      return { controls: controls.filter((_, at) => accepted[at]), proofs: [] }
    },
    available: async (sub, controls) => {
      const realm = realms.find(({ name }) => name === realmOfSub(sub))
      return controls.filter((control) => {
        const terms = termsIn(control)
        if (terms !== undefined) return acceptances.find(terms) !== undefined
        if (control === 'passwordChange') return realm?.changePasswords === true
        return control === 'secondOpinion'
      })
    },
  }
}
