import type { Clock } from '../../../shared/clock.ts'
import { accessAnswer } from '../../access/access-answer.ts'
import type { Decision } from '../../access/decision.ts'

import type { ShownProof } from '../interaction.ts'
import { isPast } from '../lifetimes.ts'
import { fresh, type Proof } from './proofs.ts'
import { putOffIn } from './put-off.ts'
import { allShown, metControls, type StepUp } from './step-up.ts'

/** What tokens are issued for: an authorization code, a device's code or a refresh token. */
export interface TokenSource {
  readonly kind?: string | undefined
  readonly grantId?: string | undefined
  /** Seconds since 1970-01-01T00:00:00Z. */
  readonly authTime?: number | undefined
  /** RFC 8176. */
  readonly amr?: readonly string[] | undefined
  /** The library's names of the grant types that it came from, the first one first. */
  readonly gty?: string | undefined
}

/** Not an access token: whoever asks with one has been given it already. */
export function isTokenSource({ kind }: TokenSource): boolean {
  return kind === 'AuthorizationCode' || kind === 'DeviceCode' || kind === 'RefreshToken'
}

/** RFC 6749 section 4.3. */
export const passwordGrantType = 'password'

/** Whether it goes back to a password that an app was told. */
export function isOfPassword({ gty = '' }: TokenSource): boolean {
  return gty.split(' ')[0] === passwordGrantType
}

/** What an app comes with, and what was shown for it. */
export interface TokenRequest {
  readonly decision: Decision
  readonly source: TokenSource
  readonly sub: string
  readonly proofs: readonly Proof[]
}

/**
 * Why policies do not let an app have tokens, if they do not; for the log alone. A code
 * comes out of an authorization that has just asked for a fresh sign-in where one is wanted; a
 * refresh token can be older than a policy lets a sign-in count.
 */
export async function whyNoTokens(
  { stepUp, clock }: { readonly stepUp: StepUp; readonly clock: Clock },
  { decision, source, sub, proofs }: TokenRequest,
): Promise<string | undefined> {
  const { kind, authTime, amr = [] } = source
  const isRefresh = kind === 'RefreshToken'
  const shown = isRefresh ? fresh(proofs, decision.session, clock.now() / 1000) : proofs
  if (!(await isMetBy(stepUp, decision, { sub, amr, proofs: shown }))) {
    const { blockedBy, requirements } = decision
    const names = [...blockedBy, ...requirements].map(({ policy }) => policy)
    return `refused by ${names.join(', ')}`
  }
  const limit = decision.session.signInFrequency
  if (!isRefresh || !limit || !isPast(authTime, limit.value, clock)) return undefined
  return `${limit.policy} asks for a fresh sign-in`
}

/** Whether a decision lets somebody on who can be asked for nothing here. */
export async function isMetBy(
  stepUp: StepUp,
  decision: Decision,
  session: {
    readonly sub: string
    readonly amr: readonly string[]
    readonly proofs: readonly ShownProof[]
  },
): Promise<boolean> {
  const { sub, amr, proofs } = session
  const controls = decision.requirements.flatMap((requirement) => requirement.controls)
  const standing =
    controls.length === 0 ? [] : (await stepUp.standing(undefined, sub, controls)).controls
  const satisfied = [...metControls(stepUp, allShown(amr, proofs)), ...standing]
  const putOff = await putOffIn(stepUp, { sub, requirements: decision.requirements, proofs })
  return accessAnswer(decision, { satisfied, available: [], ...putOff }).next === 'nothing'
}
