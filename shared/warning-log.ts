import type { Logger } from './log.ts'
import { type Severity, type WarningName, warningText } from './warning.ts'

/** A warning that holds at this moment, and what it is about. */
export interface HeldWarning {
  readonly name: WarningName
  readonly agent?: string
  readonly realm?: string
  /** What changes while the warning stays, such as milliseconds. */
  readonly detail?: string
}

/** Told of all that hold, as often as they are looked at. */
export type WarningLog = (held: readonly HeldWarning[]) => void

const levels = { notice: 'info', warning: 'warn', critical: 'error' } as const satisfies Record<
  Severity,
  string
>

/** Says each warning once when it begins and once when it has ended. */
export function createWarningLog(log: Logger): WarningLog {
  let before = new Map<string, HeldWarning>()
  return (held) => {
    const now = new Map(held.map((warning) => [keyOf(warning), warning]))
    for (const [key, warning] of now) if (!before.has(key)) raised(log, warning)
    for (const [key, warning] of before) if (!now.has(key)) cleared(log, warning)
    before = now
  }
}

function keyOf({ name, agent = '', realm = '' }: HeldWarning): string {
  return `${name}/${agent}/${realm}`
}

function raised(log: Logger, { name, ...about }: HeldWarning): void {
  const { code, title, severity, advice } = warningText(name)
  log[levels[severity]]({ ...about, warning: name, warningCode: code, advice }, title)
}

function cleared(log: Logger, { name, agent, realm }: HeldWarning): void {
  const { code, title } = warningText(name)
  log.info({ agent, realm, warning: name, warningCode: code }, `no more: ${title}`)
}
