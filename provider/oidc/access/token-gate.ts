import { type Account, errors, type KoaContextWithOIDC } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { ConditionalAccess } from '../../access/conditional-access.ts'
import { circumstancesOfPassword, type rememberedCircumstances } from './access-circumstances.ts'
import type { AccessDecisions } from './access-decisions.ts'
import type { AccessRecorder } from './access-recorder.ts'
import {
  isOfPassword,
  isTokenSource,
  passwordGrantType,
  type TokenSource,
  whyNoTokens,
} from './access-to-tokens.ts'
import { allShown, metControls, type StepUp } from './step-up.ts'

/**
 * Where policies stand between an app and tokens: it comes without the person, who can be asked for
 * nothing, so what they showed when they came to it has to be enough.
 * @throws InvalidGrant (RFC 6749 section 5.2) if there are to be no tokens
 */
export type TokenGate = (
  ctx: KoaContextWithOIDC,
  account: Account,
  source: TokenSource,
) => Promise<void>

export function createTokenGate(parts: {
  readonly policies: Pick<ConditionalAccess, 'isEmpty'>
  readonly stepUp: StepUp
  readonly clock: Clock
  readonly decisions: AccessDecisions
  readonly remembered: ReturnType<typeof rememberedCircumstances>
  readonly record: AccessRecorder
}): TokenGate {
  const { policies, decisions, remembered, record } = parts
  return async (ctx, account, source) => {
    if (!isTokenSource(source)) return
    refuseLatePassword(ctx, source)
    if (policies.isEmpty()) return
    const { proofs = [], ...kept } = await remembered.at(ctx, source.grantId)
    // By what the token itself says: where no policies were, nothing has been kept.
    const circumstances = isOfPassword(source) ? circumstancesOfPassword : kept
    const decision = decisions.remembered(ctx, account, circumstances)
    if (decision === undefined) return
    const sub = account.accountId
    const refusal = await whyNoTokens(parts, { decision, source, sub, proofs })
    const step = source.kind === 'RefreshToken' ? 'refresh' : 'tokens'
    const shown = metControls(parts.stepUp, allShown(source.amr ?? [], proofs))
    const isLetIn = refusal === undefined
    record(ctx, { step, isLetIn, decision, shown, proofs, account, circumstances })
    if (refusal !== undefined) throw new errors.InvalidGrant(refusal)
  }
}

function refuseLatePassword({ oidc }: KoaContextWithOIDC, source: TokenSource): void {
  if (!isOfPassword(source) || oidc.client?.grantTypeAllowed(passwordGrantType)) return
  throw new errors.InvalidGrant('the app may take passwords no longer')
}
