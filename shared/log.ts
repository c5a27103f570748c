import { type DestinationStream, type Logger as PinoLogger, pino } from 'pino'

/** Structured log of one process; children carry a request's fields. */
export type Logger = PinoLogger

// A second line of defence: nothing here should ever be handed to the log, so each path that fires
// is a mistake made harmless. Two levels deep, since that is as deep as our log objects go.
const secretNames = [
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
]

/**
 * @param options.level pino level name; `silent` for none
 * @param options.process which process speaks: `provider`, `agent`
 * @param destination standard output unless given
 */
export function createLog(
  options: { level: string; process: string },
  destination?: DestinationStream,
): Logger {
  return pino(
    {
      level: options.level,
      base: { process: options.process },
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: {
        paths: secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: '[redacted]',
      },
    },
    destination ?? pino.destination({ dest: 1, sync: false }),
  )
}
