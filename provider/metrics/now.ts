import { isServing, providerWarnings, type Situation } from '../agents/warnings.ts'
import type { BrokersAgent } from '../broker/broker.ts'
import type { Now } from './gauges.ts'

/** PURE. How things stand, in numbers. */
export function nowOf(
  situation: Situation,
  brokers: readonly BrokersAgent[],
  redis: Now['redis'] = { isDown: false, outages: 0 },
): Now {
  const { agents, realms, now } = situation
  const known = new Map(brokers.map((one) => [one.enrolment, one]))
  return {
    agents: agents.map((seen) => {
      const { name, state, enrolment } = seen.record
      const { questions = 0, latency = 0 } = known.get(enrolment) ?? {}
      const isLive = realms.some((realm) => isServing(seen, realm, now))
      return { name, state, isLive, inFlight: questions, latency }
    }),
    realms: realms.map((name) => ({
      name,
      live: agents.filter((seen) => isServing(seen, name, now)).length,
    })),
    warnings: providerWarnings(situation),
    redis,
  }
}
