import type { Account, Client, KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { Person } from '../../access/person.ts'
import {
  circumstancesOfPassword,
  type rememberedCircumstances,
} from '../access/access-circumstances.ts'
import type { AccessDecisions } from '../access/access-decisions.ts'
import type { AccessRecorder } from '../access/access-recorder.ts'
import { whyNoTokens } from '../access/access-to-tokens.ts'
import type { Proof } from '../access/proofs.ts'
import { allShown, metControls, type StepUp } from '../access/step-up.ts'

/**
 * Where policies stand between a person who has told an app their password, and the app. There is
 * no page on which anything could be asked for: what is asked for and has not been shown is a no.
 */
export interface PasswordGate {
  /** Whether a second agent is to say the same of this person, which is all that can be had here. */
  wantsSecondOpinion(client: Client, person: Person): boolean
  /** Why they are not let in, if they are not; for the log alone, which has all of it then. */
  refusal(
    ctx: KoaContextWithOIDC,
    account: Account,
    proofs: readonly Proof[],
  ): Promise<string | undefined>
  /** For when the app comes back with a refresh token. Done when the answer is. */
  remember(grantId: string, proofs: readonly Proof[]): void
}

/** RFC 8176. */
export const passwordAlone: readonly string[] = ['pwd']

export function createPasswordGate(parts: {
  readonly stepUp: StepUp
  readonly clock: Clock
  readonly decisions: AccessDecisions
  readonly remembered: Pick<ReturnType<typeof rememberedCircumstances>, 'save'>
  readonly record: AccessRecorder
}): PasswordGate {
  const { stepUp, decisions, remembered, record } = parts
  const circumstances = circumstancesOfPassword
  return {
    wantsSecondOpinion: (client, person) =>
      (decisions.foreseen({ client, circumstances }, person)?.requirements ?? []).some(
        ({ controls }) => controls.includes('secondOpinion'),
      ),
    refusal: async (ctx, account, proofs) => {
      const decision = decisions.remembered(ctx, account, circumstances)
      const source = { amr: passwordAlone }
      const sub = account.accountId
      const refusal = decision && (await whyNoTokens(parts, { decision, source, sub, proofs }))
      const shown = metControls(stepUp, allShown(passwordAlone, proofs))
      const isLetIn = refusal === undefined
      const judged = { decision, shown, account, circumstances, isFresh: true }
      record(ctx, { step: 'authorization', isLetIn, ...judged })
      return refusal
    },
    remember: (grantId, proofs) => remembered.save(grantId, { ...circumstances, proofs }),
  }
}
