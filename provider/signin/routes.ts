import type Router from '@koa/router'
import type { Context } from 'koa'
import type { Feature } from '../http/feature.ts'
import { readForm } from '../http/form.ts'
import type { Interactions } from '../oidc/interaction.ts'
import { attemptIn } from './attempt.ts'
import { type FactorFormParts, factorForms } from './factors/factor-forms.ts'
import { freshChallenges, type PasskeyFormParts, passkeyForms } from './factors/passkey-forms.ts'
import type { FormStep, FormSteps } from './form-step.ts'
import { nextStep } from './next-step.ts'
import { type PasswordFormParts, passwordForms } from './password/password-forms.ts'
import { type Show, signinPath } from './show.ts'
import { type TermsParts, termsForms } from './terms-step.ts'

interface Parts
  extends Omit<
    PasswordFormParts & PasskeyFormParts & FactorFormParts & TermsParts,
    'interactions'
  > {
  readonly interactions: Interactions
  readonly show: Show
}

/** The sign-in's addresses. */
export function signinRoutes(parts: Parts): Feature {
  const { interactions, show } = parts
  const forms: FormSteps = {
    ...passwordForms(parts),
    ...passkeyForms(parts),
    ...factorForms(parts),
    ...termsForms(parts),
    ...endings(interactions),
  }
  return {
    mount: (router) => {
      router.get('/interaction/:uid', async (ctx) => {
        const interaction = await interactions.load(ctx)
        await show(ctx, interaction, attemptIn(interaction))
      })
      freshChallenges(parts).mount(router)
      for (const [name, step] of Object.entries(forms)) mountForm(router, name, step)
    },
  }

  function mountForm(router: Router, name: string, step: FormStep): void {
    router.post(`/interaction/:uid/${name}`, async (ctx) => {
      const form = await readForm(ctx)
      const interaction = await interactions.load(ctx)
      const attempt = attemptIn(interaction)
      if (step.at.includes(nextStep(interaction, attempt).name)) {
        const changed = await step.run({ ctx, form, interaction, attempt })
        if (changed === undefined) return
        await interactions.keep(ctx, changed)
      }
      seeOther(ctx, interaction.uid)
    })
    // Who loads a form's address, after an error page say, means the sign-in.
    router.get(`/interaction/:uid/${name}`, (ctx) => seeOther(ctx, ctx.params['uid'] ?? ''))
  }
}

/** By which a sign-in ends, beside success. */
function endings(interactions: Interactions): FormSteps {
  const refuse = (description: string): FormStep['run'] => {
    return async ({ ctx }) => {
      await interactions.refuse(ctx, 'access_denied', description)
      return undefined
    }
  }
  return {
    consent: {
      at: ['consent'],
      run: async (visit) => {
        if (visit.form.get('decision') !== 'allow') {
          return refuse('the person did not allow it')(visit)
        }
        await interactions.finishConsent(visit.ctx)
        return undefined
      },
    },
    cancel: {
      at: [
        ...(['username', 'password', 'passwordAgain', 'newPassword', 'expiresSoon'] as const),
        ...(['secondFactor', 'chooseFactor', 'enrolFactor', 'consent'] as const),
      ],
      run: refuse('the person did not sign in'),
    },
    leave: { at: ['refused'], run: refuse('a policy of the organization forbids it') },
  }
}

function seeOther(ctx: Context, uid: string): void {
  ctx.redirect(signinPath(uid))
  ctx.status = 303
}
