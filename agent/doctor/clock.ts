import type { Clock } from '../../shared/clock.ts'
import type { ProviderAnswer } from './network.ts'
import { type Found, notChecked, ok, problem } from './report.ts'

// Milliseconds. From five seconds on an agent is not asked; half of that is a clock that drifts.
const tolerated = 2_500

/** This machine's clock beside the provider's, which the header `Date` tells (RFC 9110, 6.6.1). */
export async function checkClock(
  answer: ProviderAnswer | undefined,
  clock: Clock,
): Promise<Found<true>> {
  const theirs = answer?.kind === 'answer' ? answer.date : undefined
  if (theirs === undefined) {
    return { findings: [notChecked('not checked, because the provider has not said its time')] }
  }
  // It tells whole seconds, cut off.
  const ahead = clock.now() - (theirs + 500)
  const seconds = (Math.abs(ahead) / 1_000).toFixed(1)
  const side = ahead > 0 ? 'ahead of' : 'behind'
  if (Math.abs(ahead) > tolerated) {
    const says = `this machine is ${seconds} s ${side} the provider, which takes agents for wrong from 5 s on`
    return {
      findings: [problem(says, 'set the clock of both machines by NTP (timedatectl, chronyc)')],
    }
  }
  return {
    findings: [ok(`within ${Math.max(1, Math.ceil(Math.abs(ahead) / 1_000))} s of the provider's`)],
  }
}
