import { Fault } from '../../shared/fault.ts'
import { requestContext } from '../http/request-context.ts'
import type { Interactions } from '../oidc/interaction.ts'
import type { Acceptances } from '../terms/acceptances.ts'
import type { FormSteps } from './form-step.ts'
import { termsPage } from './pages/terms.ts'
import type { Drawings } from './show.ts'

export interface TermsParts {
  readonly interactions: Pick<Interactions, 'finishStepUp' | 'refuse'>
  readonly acceptances: Pick<Acceptances, 'find' | 'accept'>
}

/** Terms that a policy asks somebody to accept. */
export function termsForms({ interactions, acceptances }: TermsParts): FormSteps {
  return {
    terms: {
      at: ['terms'],
      run: async ({ ctx, form, attempt, interaction: { demand } }) => {
        if (form.get('decision') !== 'accept') {
          await interactions.refuse(ctx, 'access_denied', 'the person did not accept the terms')
          return undefined
        }
        const accepted = await acceptances.accept(demand?.sub ?? '', {
          name: form.get('terms') ?? '',
          version: Number(form.get('version')),
          reference: requestContext(ctx).reference,
        })
        // There is another version by now: its page comes next.
        if (!accepted) return attempt
        await interactions.finishStepUp(ctx, [])
        return undefined
      },
    },
  }
}

export function termsDrawings({ acceptances }: Pick<TermsParts, 'acceptances'>): Drawings<'terms'> {
  return {
    terms: ({ terms: name }, { common }) => {
      const terms = acceptances.find(name)
      if (terms === undefined) throw new Fault('internal', `no terms ${name} in the settings`)
      return termsPage({ ...common, terms })
    },
  }
}
