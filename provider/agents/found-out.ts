import type { Mistrust } from '../broker/mistrust.ts'
import type { Alerts } from './alerts.ts'
import type { QuarantineAgent } from './quarantine.ts'

/** What happens to agents that the broker has found out. */
export function foundOut(parts: {
  readonly alerts: Alerts
  readonly quarantine: QuarantineAgent
}): Pick<Mistrust, 'onLie' | 'onDisagreement'> {
  const { alerts, quarantine } = parts
  return {
    onLie: ({ agent, realm, reference }) => {
      const detail = 'it said yes to a sign-in that must fail'
      return quarantine(agent, { reason: 'canary', detail, realm, reference })
    },
    // Which of the two is wrong nobody knows yet: a password changed a moment ago does the same
    // where directories copy each other slowly. Canaries are on their way to both.
    onDisagreement: ({ realm, reference, agents: [yes, no] }) => {
      const detail = `${yes} said yes, ${no} did not; both are put to the test`
      alerts.raise({ name: 'agentsDisagree', realm, reference, detail })
    },
  }
}
