import type { Requirement } from '../../access/decision.ts'
import type { Shown } from '../../access/outstanding.ts'
import type { ShownProof } from '../interaction.ts'
import type { StepUp } from './step-up.ts'

/**
 * How far setting up a second factor has been put off, where a policy lets people. It is looked up
 * each time: once somebody has a factor, a session that began without one counts for nothing.
 */
export async function putOffIn(
  stepUp: Pick<StepUp, 'putOffs'>,
  asked: {
    readonly sub: string
    readonly requirements: readonly Requirement[]
    readonly proofs: readonly ShownProof[]
  },
): Promise<Pick<Shown, 'putOffs' | 'isPutOff'>> {
  if (!asked.requirements.some(({ skips }) => skips !== undefined)) return {}
  const putOffs = await stepUp.putOffs(asked.sub)
  if (putOffs === undefined) return {}
  const isPutOff = asked.proofs.some(({ method }) => method === 'registrationPutOff')
  return { putOffs, isPutOff }
}
