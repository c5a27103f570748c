import type { SignInRecords } from './sign-in-records.ts'
import type { SigninLog } from './signin-log.ts'

/** The sign-in log, of which each line is also kept. */
export function keptSigninLog(
  log: SigninLog,
  records: Pick<SignInRecords, 'check' | 'fault'> | undefined,
): SigninLog {
  if (records === undefined) return log
  return {
    record: (entry) => {
      log.record(entry)
      records.check(entry)
    },
    recordFault: (asked, thrown) => {
      log.recordFault(asked, thrown)
      records.fault(asked)
    },
  }
}
