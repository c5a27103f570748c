import type { Context } from 'koa'
import { type Page, sendPage } from '../http/layout.ts'
import type { Demand, Interaction, Interactions } from '../oidc/interaction.ts'
import type { OrganizationSettings } from '../settings.ts'
import type { Attempt } from './attempt.ts'
import type { FactorAttempt } from './factors/factor-attempt.ts'
import { type Message, messageOf } from './messages.ts'
import { nextStep, type Step, type StepName } from './next-step.ts'
import type { SigninRealm } from './realm.ts'

/** Answers with the page of the step that an attempt has come to. */
export type Show = (ctx: Context, interaction: Interaction, attempt: Attempt) => Promise<void>

/** Makes the page of one step. */
export type Draw<N extends StepName> = (
  step: Extract<Step, { readonly name: N }>,
  view: View,
) => Page | Promise<Page>

export type Drawings<N extends StepName> = { readonly [name in N]: Draw<name> }

/** What every page of a sign-in is drawn from. */
export interface View {
  readonly ctx: Context
  readonly interaction: Interaction
  readonly attempt: Attempt
  /** What each page says and does. */
  readonly common: {
    readonly interaction: Interaction
    /** The sign-in's address; its forms are below. */
    readonly action: string
    readonly message?: Message
  }
}

export function createShow(parts: {
  readonly interactions: Pick<Interactions, 'finishConsent' | 'keep'>
  readonly drawings: Drawings<Exclude<StepName, 'grant' | 'findFactors'>>
  readonly findFactors: (ctx: Context, demand: Demand) => Promise<FactorAttempt>
  readonly organization: OrganizationSettings
  readonly realms: readonly SigninRealm[]
}): Show {
  const show: Show = async (ctx, interaction, attempt) => {
    const step = nextStep(interaction, attempt)
    if (step.name === 'grant') return parts.interactions.finishConsent(ctx)
    if (step.name === 'findFactors') {
      const found = { ...attempt, factor: await parts.findFactors(ctx, step.demand) }
      await parts.interactions.keep(ctx, found)
      return show(ctx, interaction, found)
    }
    const common = {
      interaction,
      action: signinPath(interaction.uid),
      ...messageIn(interaction, attempt, parts.realms),
    }
    // Each of them draws the steps of its name.
    const draw = parts.drawings[step.name] as Draw<StepName>
    ctx.status = step.name === 'refused' ? 403 : 200
    sendPage(ctx, await draw(step, { ctx, interaction, attempt, common }), parts.organization)
  }
  return show
}

function messageIn(
  { demand }: Interaction,
  { problem, realm }: Attempt,
  realms: readonly SigninRealm[],
): { message?: Message } {
  const own = realms.find(({ name }) => name === (demand?.realm ?? realm))
  return problem ? { message: messageOf(problem, own) } : {}
}

/** Where a sign-in lives; every form of it is below. */
export function signinPath(uid: string): string {
  return `/interaction/${encodeURIComponent(uid)}`
}
