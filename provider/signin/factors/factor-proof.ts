import type { Attempt } from '../attempt.ts'
import type { Offer } from './factor-attempt.ts'
import { type OfferParts, offerAfter } from './factor-offers.ts'
import { answerIn, type FactorStage, finish, withProblem } from './factor-stage.ts'
import { verifyBy } from './find-factors.ts'
import { type RememberParts, rememberBrowser } from './remember-browser.ts'

/** Somebody shows a second factor that they have. */
export async function prove(
  at: FactorStage<'verify'> & { readonly parts: OfferParts & RememberParts },
): Promise<Attempt | undefined> {
  const { parts, demand, factor } = at
  const { method } = factor
  const { passwordAt } = demand
  const answer = { ...answerIn(at), ...(passwordAt !== undefined && { passwordAt }) }
  const result = await parts.factors.prove(answer)
  if ('proven' in result) {
    // Of the challenge that was answered: it may be an older page's, for a weaker method than this.
    const { amr, factor: proven } = result.proven
    const shown = { ...at, factor: { ...factor, method: proven.method } }
    await rememberBrowser(shown)
    return shownBy(shown, [{ method: proven.method, amr }])
  }
  if (result.passwordAgain) return withProblem(result, method, { stage: 'password' })
  const isOver = result.refused === 'expired'
  return withProblem(result, method, isOver ? await verifyBy(parts, demand, factor) : factor)
}

/** They are told what they have to know, or hear what would be better, and go on. */
async function shownBy(
  at: FactorStage<'verify'> & { readonly parts: OfferParts },
  proofs: Offer,
): Promise<Attempt | undefined> {
  // Now and not before, or whoever guesses could make it go away.
  const notice = await at.parts.factors.takeNotice(at.demand.sub)
  if (notice !== undefined) return { factor: { stage: 'notice', proofs, notice } }
  const offered = await offerAfter(at, proofs)
  return offered ? { factor: offered } : finish(at, proofs)
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
