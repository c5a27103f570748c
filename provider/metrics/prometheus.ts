import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Outcome } from '../../shared/outcome.ts'
import { alertNames } from '../agents/alert.ts'
import { bounded } from './bounded.ts'
import { addGauges, type Now } from './gauges.ts'
import type { Metrics } from './metrics.ts'

/** Metrics as Prometheus reads them. */
export interface PrometheusMetrics extends Metrics {
  readonly contentType: string
  text(): Promise<string>
}

// Agents that came and went, and apps that were renamed, in the life of one process.
const mostValues = 1_000

// Seconds. A check takes some 2 ms beside its directory, and is given up after 8 s.
const buckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** @param now how things stand, asked when somebody reads the metrics */
export function createPrometheusMetrics(now: () => Now): PrometheusMetrics {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })
  addGauges(registry, now)
  const signIns = new Counter({
    name: 'postern_sign_ins_total',
    help: 'Passwords and passkeys that were checked, by what came of it.',
    labelNames: ['realm', 'client', 'method', 'outcome', 'reason'],
    registers,
  })
  const verification = new Histogram({
    name: 'postern_verification_seconds',
    help: 'Time from the click to the answer of an agent.',
    labelNames: ['realm'],
    buckets,
    registers,
  })
  const handOvers = new Counter({
    name: 'postern_hand_overs_total',
    help: 'Questions that went to another agent, and why.',
    labelNames: ['realm', 'why'],
    registers,
  })
  const canaries = new Counter({
    name: 'postern_canaries_total',
    help: 'Sign-ins that must fail, by what the agent made of them.',
    labelNames: ['realm', 'agent', 'outcome'],
    registers,
  })
  const alerts = new Counter({
    name: 'postern_alerts_total',
    help: 'What admins were told, as far as this process has noticed it.',
    labelNames: ['alert'],
    registers,
  })
  // From zero, so that the first one is seen as a step.
  for (const alert of alertNames) alerts.inc({ alert }, 0)
  const client = bounded(mostValues)
  const agentName = bounded(mostValues)

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    signIn: ({ realm, clientId, method = 'password', outcome, milliseconds }) => {
      signIns.inc({ realm, client: client(clientId), method, ...labelsOf(outcome) })
      if (milliseconds !== undefined) verification.observe({ realm }, milliseconds / 1000)
    },
    handedOver: (realm, why) => handOvers.inc({ realm, why }),
    canary: (realm, agent, outcome) =>
      canaries.inc({ realm, agent: agentName(agent), outcome: labelsOf(outcome).outcome }),
    alert: (alert) => alerts.inc({ alert }),
  }
}

function labelsOf(outcome: Outcome | 'fault'): { outcome: string; reason: string } {
  if (outcome === 'fault') return { outcome, reason: '' }
  return { outcome: outcome.name, reason: outcome.name === 'unavailable' ? outcome.reason : '' }
}
