import { Fault } from '../shared/fault.ts'

/** What the shell is told. */
export const exitCodes: { readonly failed: 1; readonly usage: 2; readonly over: 3 } = {
  /** It could not be done: a server that is down, a port in use, a file with mistakes. */
  failed: 1,
  /** It was asked wrongly, by the command line or by a settings file. */
  usage: 2,
  /** The provider has ended the agent: to start it again changes nothing. */
  over: 3,
}

export interface Explanation {
  readonly text: string
  readonly code: number
}

/** Anything thrown, as one message for a person, and the exit code that goes with it. */
export function explain(thrown: unknown): Explanation {
  // The clean-up failed, too; what it was cleaning up after says more.
  if (thrown instanceof SuppressedError) return explain(thrown.suppressed)
  if (!(thrown instanceof Fault)) return { text: `postern: ${stranger(thrown)}`, code: 1 }
  const code = codeOf(thrown)
  return { text: `postern: ${faultText(thrown)}`, code }
}

function codeOf({ kind }: Fault): number {
  if (kind === 'notOurs') return exitCodes.over
  return kind === 'settings' ? exitCodes.usage : exitCodes.failed
}

// A file with several mistakes has one a line; a list reads better below its title.
function faultText(fault: Fault): string {
  const lines = fault.message.split('\n')
  if (lines.length === 1) return fault.message
  return [`${lines.length} settings are not right.`, ...lines.map((line) => `  ${line}`)].join('\n')
}

// Nobody foresaw this one, so its own words are all there is; they may be many lines long.
function stranger(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return `failed unexpectedly: ${message.split('\n')[0]} (--debug shows more)`
}
