import { examine } from '../agent/doctor/doctor.ts'
import { type Finding, titleOf } from '../agent/doctor/report.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { visible } from '../shared/settings/visible.ts'
import { exitCodes } from './exit.ts'

export interface DoctorOptions {
  readonly config: string
  /** Somebody to look for. */
  readonly user?: string
  /** Their password is the first line of standard input. */
  readonly passwordStdin?: true
  readonly json?: true
}

/** Prints what the doctor finds; the exit code says whether there is a problem. */
export async function runDoctor(options: DoctorOptions): Promise<void> {
  const { config, user, passwordStdin, json } = options
  if (passwordStdin && user === undefined) {
    throw new Fault('settings', '--password-stdin needs --user: whose password is it?')
  }
  const password = passwordStdin ? await firstLineOf(process.stdin) : undefined
  const person = user !== undefined && {
    person: { username: user, ...(password !== undefined && { password }) },
  }
  const tell = (finding: Finding) => {
    if (!json) console.log(lineOf(finding))
  }
  const findings = await examine(config, { clock: systemClock, ...person, tell })
  if (json) console.log(JSON.stringify({ findings }))
  if (findings.some(({ state }) => state === 'problem')) process.exitCode = exitCodes.failed
}

const marks: Readonly<Record<Finding['state'], string>> = {
  ok: 'ok     ',
  problem: 'PROBLEM',
  notChecked: '-      ',
}

// Names of servers and what they answer end in a terminal.
function lineOf({ check, state, about, says, advice }: Finding): string {
  const what = about === undefined ? says : `${about}: ${says}`
  const line = `${marks[state]}  ${titleOf(check).padEnd(15)}  ${what}`
  const todo = advice === undefined ? [] : [`${' '.repeat(26)}What to do: ${advice}`]
  return [line, ...todo].map(visible).join('\n')
}

async function firstLineOf(input: NodeJS.ReadStream): Promise<string> {
  let text = ''
  for await (const piece of input.setEncoding('utf8')) {
    text += String(piece)
    if (text.includes('\n')) break
  }
  const line = text.split('\n')[0]?.replace(/\r$/, '') ?? ''
  if (line === '') throw new Fault('settings', 'standard input has no password in its first line')
  return line
}
