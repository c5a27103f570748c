import { createLog } from '../../shared/log.ts'
import { outcomeText } from '../../shared/outcome.ts'
import { createBackend } from '../backends/registry.ts'
import { withoutSuffix } from '../realms.ts'
import type { Directories } from './directories.ts'
import { type Finding, type Found, notChecked, ok, problem } from './report.ts'

/** Somebody to look for, with a password only if it was typed or piped in. */
export interface Person {
  readonly username: string
  readonly password?: string
}

type Directory = Directories['all'][number]
type Line = Omit<Finding, 'check'>

/** Whether the person is found in each realm, and would be let in. One sign-in, as it would count. */
export async function checkUser({ all, parts }: Directories, person: Person): Promise<Found<true>> {
  const findings = await Promise.all(
    all.map(async (directory): Promise<readonly Line[]> => {
      const found = await Promise.all(look(directory, person))
      const { password } = person
      const isFound = found.every(({ state }) => state === 'ok')
      if (password === undefined || !isFound) return found
      return [...found, await signIn(directory, { ...person, password }, parts)]
    }),
  )
  return { findings: findings.flat() }
}

function look({ realm, servers }: Directory, { username, password }: Person): Promise<Line>[] {
  const localName = withoutSuffix(username, realm.suffixes)
  if (servers.length === 0 && password === undefined) {
    const says = 'not checked, because people in a file are only found with their password'
    return [Promise.resolve(notChecked(says, `realm ${realm.name}`))]
  }
  return servers.map(async (server) => {
    const about = `realm ${realm.name}, ${server.url}`
    const found = await server.find({ username, localName })
    if ('failure' in found) {
      const says = 'not checked, because of what is said about the service account'
      return notChecked(says, about)
    }
    return lineOf(found, about)
  })
}

function lineOf({ entries, problem: why }: { entries: number; problem?: string }, about: string) {
  if (entries === 0) {
    const advice =
      'do `baseDn`, the filter or names and `suffixes` fit how people are called there?'
    return problem('nobody has this name', advice, about)
  }
  if (entries > 1) {
    const advice = 'the filter must match one entry: an attribute in it is not unique'
    return problem('more than one entry has this name, so none of them is let in', advice, about)
  }
  if (why === undefined) return ok('is found, with what makes an account', about)
  const advice =
    '`idAttribute` and `claims` have to name what entries have and the account may read'
  return problem(why, advice, about)
}

async function signIn(
  { realm }: Directory,
  { username, password }: Required<Person>,
  parts: Directories['parts'],
): Promise<Line> {
  const about = `realm ${realm.name}`
  const log = createLog({ level: 'silent', process: 'doctor' })
  const backend = await createBackend(realm.backend, { ...parts, log })
  try {
    const localName = withoutSuffix(username, realm.suffixes)
    const signal = AbortSignal.timeout(10_000)
    const { outcome } = await backend.verify({ username, localName, password, signal })
    const { code, operatorText } = outcomeText(outcome)
    if (outcome.name === 'ok') return ok('would be let in', about)
    const advice = `docs/running.md says what to look at for ${code}`
    return problem(`would not be let in: ${operatorText} (${code})`, advice, about)
  } finally {
    if (Symbol.asyncDispose in backend) await (backend as AsyncDisposable)[Symbol.asyncDispose]()
  }
}
