import { asFault } from '../../shared/fault.ts'

/** What is looked at, in this order. */
export const checkNames = [
  'settings',
  'keyFiles',
  'clock',
  'dns',
  'proxy',
  'tls',
  'issuer',
  'redis',
  'streamRights',
  'directory',
  'serviceAccount',
  'user',
  'certificate',
  'approval',
] as const

export type CheckName = (typeof checkNames)[number]

/** One line of what the doctor says. */
export interface Finding {
  readonly check: CheckName
  readonly state: 'ok' | 'problem' | 'notChecked'
  /** Which server, file or realm, where there may be several. */
  readonly about?: string
  /** What was found and what it means, in one sentence. */
  readonly says: string
  /** What to do about a problem. */
  readonly advice?: string
}

/** What one check came to. */
export interface Found<T> {
  readonly findings: readonly Omit<Finding, 'check'>[]
  /** For the checks that need it; without one they are not made. */
  readonly value?: T
}

/** What earlier checks have found out, by their names; `undefined` where one failed. */
type Needs = Partial<Record<CheckName, unknown>>
type Had<N extends Needs> = { readonly [Name in keyof N]-?: NonNullable<N[Name]> }

/** Makes checks, one after the other, and keeps what they have said. */
export interface Report {
  /**
   * Makes a check if all it needs is there, and otherwise says why not.
   * @returns the check's value; `undefined` if it has none, or was not made
   */
  check<N extends Needs, T>(
    name: CheckName,
    needs: N,
    make: (had: Had<N>) => Promise<Found<T>>,
  ): Promise<T | undefined>
  findings(): readonly Finding[]
}

/** @param tell is told of each finding at once */
export function createReport(tell: (finding: Finding) => void): Report {
  const all: Finding[] = []
  const say = (finding: Finding): void => {
    all.push(finding)
    tell(finding)
  }
  return {
    findings: () => all,
    check: async (name, needs, make) => {
      const missing = Object.keys(needs).filter((each) => needs[each as CheckName] === undefined)
      if (missing.length > 0) {
        const says = `not checked, because of what is said about ${missing.map(titleOf).join(', ')}`
        say({ check: name, state: 'notChecked', says })
        return undefined
      }
      const { findings, value } = await orProblem(make(needs as Had<typeof needs>))
      for (const finding of findings) say({ check: name, ...finding })
      return value
    },
  }
}

const titles: Readonly<Record<CheckName, string>> = {
  settings: 'settings',
  keyFiles: 'key files',
  clock: 'clock',
  dns: 'names (DNS)',
  proxy: 'proxy',
  tls: 'TLS',
  issuer: 'provider',
  redis: 'Redis',
  streamRights: 'stream rights',
  directory: 'directory',
  serviceAccount: 'service account',
  user: 'test user',
  certificate: 'certificate',
  approval: 'approval',
}

/** For people. */
export function titleOf(check: string): string {
  return titles[check as CheckName]
}

export function ok(says: string, about?: string): Omit<Finding, 'check'> {
  return { state: 'ok', says, ...(about !== undefined && { about }) }
}

export function problem(
  says: string,
  advice: string,
  about?: string,
): Omit<Finding, 'check'> & { readonly state: 'problem' } {
  return { state: 'problem', says, advice, ...(about !== undefined && { about }) }
}

export function notChecked(says: string, about?: string): Omit<Finding, 'check'> {
  return { state: 'notChecked', says, ...(about !== undefined && { about }) }
}

// Nobody foresaw it, and the other checks can be made all the same.
async function orProblem<T>(made: Promise<Found<T>>): Promise<Found<T>> {
  try {
    return await made
  } catch (error) {
    const { code, message } = asFault(error)
    const advice = 'if it is not clear what that means, report it with the output of --json'
    return { findings: [problem(`the check failed: ${message} (${code})`, advice)] }
  }
}
