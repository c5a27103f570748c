import { type Door, findChallenge, ofMethod, viewOf } from './door.ts'
import type { Enrolment, FactorMethod, FactorPerson, RegisteredFactor } from './factor.ts'
import { isFull, replaces } from './factor-limits.ts'
import type { NotAdded } from './factor-store.ts'
import type {
  Begin,
  Begun,
  Enrolled,
  FactorRefused,
  GivenAnswer,
  NewPass,
} from './second-factors.ts'

const mostInName = 64

/** As `SecondFactors.begin`. */
export async function begin(
  door: Door,
  { purpose, method, person }: Begin,
): Promise<Begun | FactorRefused> {
  const factor = door.factors.get(method)
  const isEnrolment = purpose === 'enrol'
  const isForAdmins = isEnrolment && method === 'temporaryAccessPass'
  if (factor === undefined || isForAdmins) return { refused: 'notAllowed' }
  if (isEnrolment && person === undefined) return { refused: 'notAllowed' }
  const registered = person === undefined ? [] : await ofMethod(door, person.sub, method)
  if (isEnrolment && isFull(registered, method)) return { refused: 'tooMany' }
  const whose = person === undefined ? {} : { person }
  const { shown, expected } = await factor.challenge({ purpose, registered, ...whose })
  const id = await door.challenges.keep({ purpose, method, expected, ...whose })
  return { id, shown }
}

/** As `SecondFactors.enrol`. */
export async function enrol(
  door: Door,
  answer: GivenAnswer,
): Promise<{ readonly enrolled: Enrolled } | FactorRefused> {
  const found = await findChallenge(door, answer, 'enrol')
  const person = found?.kept.person
  if (found === undefined || person === undefined) return { refused: 'expired' }
  const { expected, method } = found.kept
  const all = await door.registered.list(person.sub)
  const registered = all.filter((each) => each.method === method)
  const asked = { purpose: 'enrol', person, registered, expected } as const
  const made = await found.factor.enrol({ ...asked, form: answer.form })
  if ('refused' in made) return { refused: made.refused }
  if (!(await door.challenges.useUp(answer.challenge))) return { refused: 'expired' }
  const others = all.filter((each) => each.method !== method || !replaces(method))
  const name = freeName(nameIn(answer.name) ?? made.enrolled.name, others)
  return register(door, { person, method, enrolment: { ...made.enrolled, name } })
}

/** As `SecondFactors.issuePass`. */
export async function issuePass(
  door: Door,
  person: FactorPerson,
  { lifetime, isOnce }: NewPass,
): Promise<{ readonly enrolled: Enrolled } | FactorRefused> {
  const method = 'temporaryAccessPass'
  const factor = door.factors.get(method)
  if (factor === undefined) return { refused: 'notAllowed' }
  const asked = { purpose: 'enrol', person, registered: [] } as const
  const { expected } = await factor.challenge(asked)
  const form = new Map([
    ['lifetime', String(lifetime)],
    ['uses', isOnce ? 'once' : 'several'],
  ])
  const made = await factor.enrol({ ...asked, expected, form })
  if ('refused' in made) return { refused: made.refused }
  return register(door, { person, method, enrolment: made.enrolled })
}

async function register(
  { registered }: Door,
  added: { person: FactorPerson; method: FactorMethod; enrolment: Enrolment },
): Promise<{ readonly enrolled: Enrolled } | FactorRefused> {
  const factor = await registered.add(added)
  if (typeof factor === 'string') return { refused: refusals[factor] }
  const { amr, shownOnce = [] } = added.enrolment
  return { enrolled: { factor: viewOf(factor), amr, shownOnce } }
}

// Whoever made another set in another window at the same moment has to look at that one.
const refusals: Readonly<Record<NotAdded, 'tooMany' | 'alreadyThere' | 'expired'>> = {
  tooMany: 'tooMany',
  alreadyThere: 'alreadyThere',
  replaced: 'expired',
}

/** PURE. A name as it is kept, or `undefined` if it is none. */
export function nameIn(typed: string | undefined): string | undefined {
  // Controls and marks that turn the direction of text could make one name look like another.
  const name = typed?.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim() ?? ''
  return name !== '' && name.length <= mostInName ? name : undefined
}

/** PURE. The second of a name gets a 2. */
export function freeName(name: string, others: readonly RegisteredFactor[]): string {
  const taken = new Set(others.map((other) => other.name))
  let free = name
  for (let number = 2; taken.has(free); number += 1) free = `${name} ${number}`
  return free
}
