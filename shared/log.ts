import { writeSync } from 'node:fs'
import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'
import { logOutput } from './log-output.ts'

/** Structured log of one process; children carry a request's fields. */
export type Logger = PinoLogger

// A second line of defence: nothing here should ever be handed to the log, so each name that is
// found is a mistake made harmless.
const secretNames: ReadonlySet<string> = new Set([
  'password',
  'newPassword',
  'client_secret',
  'clientSecret',
  'secret',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'authorization',
  'cookie',
])

const censor = '[redacted]'

/**
 * @param options.level pino level name; `silent` for none
 * @param options.process which process speaks: `provider`, `agent`
 * @param destination standard output unless given
 */
export function createLog(
  options: { level: string; process: string },
  destination?: DestinationStream,
): Logger {
  const log: Logger = pino(
    {
      level: options.level,
      base: { process: options.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      // What children carry, which is flat; the rest is for `withoutSecrets`.
      redact: { paths: [...secretNames], censor },
      formatters: { log: withoutSecrets },
      serializers: { err: (error: Error) => withoutSecrets(pino.stdSerializers.err(error)) },
    },
    destination ?? standardOutput((lost) => log.warn({ lost }, 'log lines were lost')),
  )
  return log
}

// Written at once: no line is lost when the process dies, and for a line now and then, handing it to
// another thread costs several times what writing it costs.
function standardOutput(ends: (lost: number) => void): DestinationStream {
  return logOutput(1, { begins: complain, ends })
}

function complain(code: string): void {
  try {
    writeSync(2, `postern: the log cannot be written (${code}); lines are lost\n`)
  } catch {
    // Standard error has gone the same way, and there is nowhere else to say it.
  }
}

// Deeper than anything that is logged; what goes deeper, or round in a circle, is not written.
const deepest = 6

// Not pino's `redact` for this: with wildcards it takes twenty times what writing the line takes.
function withoutSecrets(facts: object, depth = 0): Record<string, unknown> {
  const entries = Object.entries(facts).map(([name, value]) => [
    name,
    secretNames.has(name) ? censor : valueWithoutSecrets(value, depth),
  ])
  return Object.fromEntries(entries) as Record<string, unknown>
}

function valueWithoutSecrets(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value
  // An error's turn comes when it has been made a plain object; a date or an address is text.
  if (value instanceof Error || 'toJSON' in value) return value
  if (depth >= deepest) return '[too deep]'
  if (Array.isArray(value)) return value.map((item) => valueWithoutSecrets(item, depth + 1))
  return withoutSecrets(value, depth + 1)
}
