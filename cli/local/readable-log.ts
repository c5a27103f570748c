import type { DestinationStream } from 'pino'

/**
 * Log lines for a person at a terminal: time, level, who, message, and the fields that say why.
 * They go to standard error, so that standard output stays what was asked for.
 */
export interface ReadableLog extends DestinationStream {
  /** Resolves when a line with this message comes by, shown or not. */
  says(message: string): Promise<void>
}

/** pino's names and numbers. */
const levels = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: 99,
} as const
export type LogLevel = keyof typeof levels
export const logLevels: readonly LogLevel[] = Object.keys(levels) as LogLevel[]

export interface Line {
  readonly level: number
  readonly time: string
  readonly process: string
  readonly msg?: string
  readonly [field: string]: unknown
}

/** @param level the least serious lines that are shown */
export function createReadableLog(level: LogLevel): ReadableLog {
  const awaited = new Map<string, () => void>()
  return {
    write: (text) => {
      const line = parse(text)
      awaited.get(line?.msg ?? '')?.()
      if (line === undefined) process.stderr.write(text)
      else if (line.level >= levels[level]) process.stderr.write(`${readable(line)}\n`)
    },
    says: (message) => new Promise((resolve) => void awaited.set(message, resolve)),
  }
}

/** One line of pino, as text. */
export function readable({ level, time, process: who, msg, ...fields }: Line): string {
  const name = logLevels.find((each) => levels[each] === level) ?? ''
  const said = Object.entries(fields).map(([field, value]) => `${field}=${short(value)}`)
  return [time.slice(11, 19), name.padEnd(5), who.padEnd(8), msg ?? '', ...said].join(' ')
}

// What is not pino's, such as a warning of Node itself, is shown as it is.
function parse(text: string): Line | undefined {
  try {
    const parsed = JSON.parse(text) as Line
    return typeof parsed.level === 'number' ? parsed : undefined
  } catch {
    return undefined
  }
}

function short(value: unknown): string {
  if (typeof value === 'string') return /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value)
  // An error comes with its stack, which would fill the screen.
  if (typeof value === 'object' && value !== null && 'stack' in value && 'message' in value) {
    return JSON.stringify(value.message)
  }
  return JSON.stringify(value)
}
