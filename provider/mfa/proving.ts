import { type Door, findChallenge, ofMethod, viewOf } from './door.ts'
import type { Factor, FactorPerson, FactorProof, FactorRefusal } from './factor.ts'
import type { TakenGuess } from './guess-limits.ts'
import type { KeptChallenge } from './kept-challenge.ts'
import type { FactorRefused, GivenAnswer, Proven } from './second-factors.ts'

/** What somebody could have tried at random. Anything else tells them nothing about a code. */
const guesses: ReadonlySet<FactorRefusal> = new Set(['wrong', 'used', 'clockOff'])

/** As `SecondFactors.prove`. */
export async function prove(
  door: Door,
  answer: GivenAnswer,
): Promise<{ readonly proven: Proven } | FactorRefused> {
  const found = await findChallenge(door, answer, 'verify')
  if (found === undefined) return { refused: 'expired' }
  const { kept, factor } = found
  const person = kept.person ?? (await whoseAnswer(door, factor, answer))
  if (typeof person === 'string') return { refused: person }
  const { limits } = door
  if (
    answer.passwordAt !== undefined &&
    (await limits.isPasswordSpent(person.sub, answer.passwordAt))
  ) {
    return { refused: 'tooManyTries', passwordAgain: true }
  }
  // Before the answer is looked at: of a hundred at once, no more may be looked at than of a
  // hundred one after the other.
  const guess = await limits.take(person.sub, kept.method)
  if ('wait' in guess) return { refused: 'tooManyTries', wait: guess.wait }
  const verified = await verify(door, { kept, factor, person, answer })
  if ('refused' in verified) return refuse(door, guess, { ...verified, person, kept })
  return accept(door, verified.proof, person)
}

async function whoseAnswer(
  { registered }: Door,
  factor: Factor,
  { form, sub }: GivenAnswer,
): Promise<FactorPerson | FactorRefusal> {
  const name = factor.knownAs?.(form)
  if (name === undefined) return 'malformed'
  const person = await registered.owner(factor.method, name)
  return person !== undefined && (sub === undefined || sub === person.sub) ? person : 'wrong'
}

interface Attempt {
  readonly kept: KeptChallenge
  readonly factor: Factor
  readonly person: FactorPerson
  readonly answer: GivenAnswer
}

async function verify(
  door: Door,
  { kept, factor, person, answer }: Attempt,
): Promise<{ readonly proof: FactorProof } | { readonly refused: FactorRefusal }> {
  const registered = await ofMethod(door, person.sub, kept.method)
  const { expected } = kept
  const asked = { purpose: 'verify', person, registered, expected } as const
  const verified = await factor.verify({ ...asked, form: answer.form })
  if ('refused' in verified) {
    if (verified.once !== undefined) await door.claim(verified.once)
    return verified
  }
  const { once } = verified.proof
  if (once !== undefined && !(await door.claim(once))) return { refused: 'used' }
  const isFirst = await door.challenges.useUp(answer.challenge)
  return isFirst ? verified : { refused: 'expired' }
}

async function refuse(
  { log }: Door,
  guess: TakenGuess,
  given: { refused: FactorRefusal; person: FactorPerson; kept: KeptChallenge },
): Promise<FactorRefused> {
  const { refused, person, kept } = given
  if (!guesses.has(refused)) {
    await guess.forgive()
    return { refused }
  }
  const { wait, isTooMany } = await guess.settle()
  if (isTooMany) {
    const { method } = kept
    log.warn({ sub: person.sub, method }, 'ten wrong second factors in a row')
  }
  return { refused, ...(wait > 0 && { wait }), ...(isTooMany && { passwordAgain: true }) }
}

async function accept(
  { registered, limits, clock }: Door,
  { factor, amr, data }: FactorProof,
  person: FactorPerson,
): Promise<{ readonly proven: Proven }> {
  const at = clock.now()
  await Promise.all([
    registered.used(person.sub, factor.id, data),
    limits.clear(person.sub, factor.method),
  ])
  const now = { ...factor, lastUsedAt: at, data: data ?? factor.data }
  return { proven: { person, factor: viewOf(now), amr, at } }
}
