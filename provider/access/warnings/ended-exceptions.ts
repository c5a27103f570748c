import { localTimeIn } from '../local-time.ts'
import type { PolicySet, PolicyWarning } from './policy-warning.ts'

/** PURE. Exceptions that have ended by themselves, which can go. */
export function endedExceptions({ policies, now }: PolicySet): PolicyWarning[] {
  return policies.flatMap(({ name, exceptions }) =>
    exceptions.flatMap(({ until, timeZone }, at): PolicyWarning[] => {
      if (localTimeIn(timeZone)(now).date <= until) return []
      const message = 'is over, and counts for nobody any more: take it out'
      return [{ policy: name, path: ['exceptions', at, 'until'], message }]
    }),
  )
}
