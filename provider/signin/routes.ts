import type Router from '@koa/router'
import type { Context } from 'koa'
import type { Feature } from '../http/feature.ts'
import { type Form, readForm } from '../http/form.ts'
import { requestContext } from '../http/request-context.ts'
import type { Interaction, Interactions } from '../oidc/interaction.ts'
import type { RealmNames } from '../settings.ts'
import { type Attempt, attemptIn } from './attempt.ts'
import { nextStep, type StepName } from './next-step.ts'
import type { PasswordStep } from './password-step.ts'
import { type Show, signinPath } from './show.ts'
import { usernameStep } from './username-step.ts'

interface Parts {
  readonly interactions: Interactions
  readonly checkPassword: PasswordStep
  readonly show: Show
  readonly realms: readonly RealmNames[]
}

interface Visit {
  readonly ctx: Context
  readonly form: Form
  readonly interaction: Interaction
  readonly attempt: Attempt
}

/** One form. `undefined`: the sign-in is over and the browser on its way. */
interface FormStep {
  /** At which steps it counts; at any other it is left from an old page, and ignored. */
  readonly at: readonly StepName[]
  run(visit: Visit): Promise<Attempt | undefined>
}

/** The sign-in's addresses. */
export function signinRoutes(parts: Parts): Feature {
  const { interactions, show } = parts
  return {
    mount: (router) => {
      router.get('/interaction/:uid', async (ctx) => {
        const interaction = await interactions.load(ctx)
        await show(ctx, interaction, attemptIn(interaction))
      })
      for (const [name, step] of Object.entries(formSteps(parts))) mountForm(router, name, step)
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

function formSteps(parts: Parts): Readonly<Record<string, FormStep>> {
  const { interactions, realms } = parts
  return {
    username: {
      at: ['username', 'password'],
      run: async ({ form }) => usernameStep(form.get('username') ?? '', realms),
    },
    back: {
      at: ['password'],
      run: async ({ attempt }) =>
        attempt.username === undefined ? {} : { username: attempt.username },
    },
    password: { at: ['password'], run: (visit) => passwordForm(parts, visit) },
    consent: {
      at: ['consent'],
      run: async ({ ctx, form }) => {
        if (form.get('decision') === 'allow') await interactions.finishConsent(ctx)
        else await interactions.refuse(ctx, 'access_denied', 'the person did not allow it')
        return undefined
      },
    },
    cancel: {
      at: ['username', 'password', 'consent'],
      run: async ({ ctx }) => {
        await interactions.refuse(ctx, 'access_denied', 'the person did not sign in')
        return undefined
      },
    },
  }
}

async function passwordForm(parts: Parts, visit: Visit): Promise<Attempt | undefined> {
  const { ctx, form, interaction, attempt } = visit
  const { username = '', realm = '' } = attempt
  // Another window of the same sign-in may have gone back and named somebody else. This password
  // is not theirs, and trying it would count against them.
  if (form.get('username') !== username) return { ...attempt, problem: { input: 'otherUsername' } }
  const { reference, clientAddress } = requestContext(ctx)
  const result = await parts.checkPassword({
    uid: interaction.uid,
    realm,
    username,
    password: form.get('password') ?? '',
    clientId: interaction.client.id,
    reference,
    clientAddress,
  })
  if (result.accountId === undefined) return { ...attempt, problem: result.problem }
  // RFC 8176: one proof, a password.
  const { accountId, account } = result
  await parts.interactions.finishLogin(ctx, { accountId, account, amr: ['pwd'] })
  return undefined
}

function seeOther(ctx: Context, uid: string): void {
  ctx.redirect(signinPath(uid))
  ctx.status = 303
}
