import type { SigninLog } from '../signin-log/signin-log.ts'
import type { Metrics } from './metrics.ts'

/** The sign-in log, of which each line is counted. */
export function countedSigninLog(log: SigninLog, metrics: Pick<Metrics, 'signIn'>): SigninLog {
  return {
    record: (entry) => {
      const { realm, clientId, outcome, requestId, method } = entry
      // One that was refused without asking took no time worth knowing.
      const milliseconds = requestId === undefined ? undefined : entry.milliseconds
      metrics.signIn({ realm, clientId, method, outcome, milliseconds })
      log.record(entry)
    },
    recordFault: (asked, thrown) => {
      const { realm, clientId, method } = asked
      metrics.signIn({ realm, clientId, method, outcome: 'fault' })
      log.recordFault(asked, thrown)
    },
  }
}
