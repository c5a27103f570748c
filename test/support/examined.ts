import { cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { examine } from '../../agent/doctor/doctor.ts'
import type { CheckName, Finding } from '../../agent/doctor/report.ts'
import type { Person } from '../../agent/doctor/user.ts'
import { type Clock, systemClock } from '../../shared/clock.ts'
import type { AgentYaml, Enrolled } from './start-enrolled.ts'

/** What the doctor says of an agent. */
export interface Examined {
  readonly findings: readonly Finding[]
  readonly of: (check: CheckName) => readonly Finding[]
  /** The checks that have found a problem. */
  readonly problems: () => readonly CheckName[]
  readonly notChecked: () => readonly CheckName[]
}

/** Of the agent's settings with a change to them. */
export async function examined(
  enrolled: Enrolled,
  change: (settings: AgentYaml) => void = () => {},
  about: { person?: Person; clock?: Clock } = {},
): Promise<Examined> {
  const file = await enrolled.changed(change)
  const findings = await examine(file, { clock: systemClock, ...about, tell: () => {} })
  const inState = (wanted: Finding['state']) =>
    findings.filter(({ state }) => state === wanted).map(({ check }) => check)
  return {
    findings,
    of: (check) => findings.filter((finding) => finding.check === check),
    problems: () => inState('problem'),
    notChecked: () => inState('notChecked'),
  }
}

/** Of the same agent, had it been enrolled with a provider at another address. */
export async function examinedAt(enrolled: Enrolled, issuer: string): Promise<Examined> {
  const name = `identity-at-${new URL(issuer).port}`
  const folder = join(enrolled.folder, name)
  await cp(join(enrolled.folder, 'identity'), folder, { recursive: true })
  const file = join(folder, 'provider.json')
  const provider = JSON.parse(await readFile(file, 'utf8')) as object
  await writeFile(file, JSON.stringify({ ...provider, issuer }))
  return examined(enrolled, (settings) => {
    settings['issuer'] = issuer
    settings['identityDirectory'] = name
  })
}

export function clockShiftedBy(milliseconds: number): Clock {
  return { ...systemClock, now: () => systemClock.now() + milliseconds }
}
