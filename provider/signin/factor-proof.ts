import type { Attempt } from './attempt.ts'
import { answerIn, type FactorStage, finish, withProblem } from './factor-stage.ts'
import { verifyBy } from './find-factors.ts'

/** Somebody shows a second factor that they have. */
export async function prove(at: FactorStage<'verify'>): Promise<Attempt | undefined> {
  const { parts, demand, factor } = at
  const { method } = factor
  const { passwordAt } = demand
  const answer = { ...answerIn(at), ...(passwordAt !== undefined && { passwordAt }) }
  const result = await parts.factors.prove(answer)
  if ('proven' in result) {
    const proofs = [{ method, amr: result.proven.amr }]
    // Now and not before, or whoever guesses could make it go away.
    const notice = await parts.factors.takeNotice(demand.sub)
    return notice ? { factor: { stage: 'notice', proofs, notice } } : finish(at, proofs)
  }
  if (result.passwordAgain) return withProblem(result, method, { stage: 'password' })
  const isOver = result.refused === 'expired'
  return withProblem(result, method, isOver ? await verifyBy(parts, demand, factor) : factor)
}

/** Or another one. */
export async function useOther(at: FactorStage<'verify'>): Promise<Attempt> {
  const { parts, demand, factor, form } = at
  const all = [factor.method, ...factor.others]
  const method = all.find((one) => one === form.get('method'))
  if (method === undefined) return { factor }
  const others = all.filter((one) => one !== method)
  return { factor: await verifyBy(parts, demand, { method, others }) }
}
