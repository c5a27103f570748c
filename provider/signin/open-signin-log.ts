import type { Logger } from '../../shared/log.ts'
import { countedSigninLog } from '../metrics/counted-signin-log.ts'
import { type Metrics, noMetrics } from '../metrics/metrics.ts'
import { keptSigninLog } from '../signin-log/kept-signin-log.ts'
import type { SignInRecords } from '../signin-log/sign-in-records.ts'
import { createSigninLog, type SigninLog } from '../signin-log/signin-log.ts'

/** All that hears of each check: the log, the metrics, and what is kept. */
export function openSigninLog(parts: {
  readonly log: Logger
  readonly metrics?: Pick<Metrics, 'signIn'>
  /** Nothing is kept unless given. */
  readonly records?: Pick<SignInRecords, 'check' | 'fault'>
}): SigninLog {
  const { log, metrics = noMetrics, records } = parts
  return keptSigninLog(countedSigninLog(createSigninLog(log), metrics), records)
}
