import type { Context } from 'koa'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Control } from '../../access/decision.ts'
import type { ShownProof } from '../interaction.ts'
import type { Proof } from './proofs.ts'

/**
 * What people can be asked for beside their password. What it is that they are asked for, second
 * factors and terms, is not this folder's business.
 */
export interface StepUp {
  /** Names of strengths of authentication that apps can ask for by `acr`, weakest first: any two factors will do for it. */
  readonly strengths: readonly string[]
  /** PURE. Those that these proofs meet together: a password and a one-time code, say. */
  met(shown: readonly ShownProof[]): readonly string[]
  /** What somebody need not be asked for, although their session has not shown it. */
  standing(
    ctx: Context | KoaContextWithOIDC | undefined,
    sub: string,
    controls: readonly Control[],
  ): Promise<StandingProof>
  /** Those that this person can be asked for on our pages. */
  available(sub: string, controls: readonly Control[]): Promise<readonly Control[]>
  /** How often somebody has put off setting up a second factor; `undefined` of who has one. */
  putOffs(sub: string): Promise<number | undefined>
}

export interface StandingProof {
  /** Accepted terms, say. */
  readonly controls: readonly Control[]
  /** A second factor that this browser is remembered for. */
  readonly proofs: readonly Proof[]
}

/** A password is all there is. */
export const noStepUp: StepUp = {
  strengths: [],
  met: () => [],
  standing: async () => ({ controls: [], proofs: [] }),
  available: async () => [],
  putOffs: async () => undefined,
}

/** PURE. The controls that a session has met. */
export function metControls(
  stepUp: Pick<StepUp, 'met' | 'strengths'>,
  shown: readonly ShownProof[],
): readonly Control[] {
  const met = stepUp.met(shown)
  const has = (sought: ShownProof['method']): boolean =>
    shown.some(({ method }) => method === sought)
  const strengths = new Set(met.length > 0 ? [...stepUp.strengths.slice(0, 1), ...met] : [])
  return [
    ...[...strengths].map((name) => `authenticationStrength:${name}` as Control),
    // A strength says what has to be shown, and a remembered browser shows nothing.
    ...(met.length > 0 || has('rememberedBrowser') ? (['mfa'] as const) : []),
    ...(has('secondOpinion') ? (['secondOpinion'] as const) : []),
    ...(has('passwordChange') ? (['passwordChange'] as const) : []),
  ]
}

/** PURE. With the password, if the session began with one. @param amr of its sign-in, RFC 8176 */
export function allShown(
  amr: readonly string[],
  proofs: readonly ShownProof[],
): readonly ShownProof[] {
  return amr.includes('pwd') ? [{ method: 'password', amr: ['pwd'] }, ...proofs] : proofs
}
