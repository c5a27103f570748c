import { Counter, Gauge, type Registry } from 'prom-client'
import { version } from '../../shared/version.ts'
import { warningNames, warningText } from '../../shared/warning.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'

/** How things stand at the moment somebody reads the metrics. */
export interface Now {
  readonly agents: readonly AgentNow[]
  readonly realms: readonly { readonly name: string; readonly live: number }[]
  readonly warnings: readonly HeldWarning[]
  readonly redis: { readonly isDown: boolean; readonly outages: number }
}

export interface AgentNow {
  readonly name: string
  readonly state: string
  readonly isLive: boolean
  /** Questions that this process has out with it. */
  readonly inFlight: number
  /** Milliseconds, smoothed. */
  readonly latency: number
}

interface About {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
}

type Sample = readonly [Readonly<Record<string, string>>, number]

/** Gauges that are worked out when they are read, and forget who has gone. */
export function addGauges(registry: Registry, now: () => Now): void {
  function gauge(what: About, samples: (now: Now) => readonly Sample[]): void {
    const made = new Gauge({
      ...what,
      registers: [],
      collect() {
        this.reset()
        for (const [labels, value] of samples(now())) this.set({ ...labels }, value)
      },
    })
    registry.registerMetric(made)
  }
  gauge(about('postern_build_info', 'The version of this process.', ['version']), () => [
    [{ version }, 1],
  ])
  gauge(about('postern_realm_live_agents', 'Agents that can be asked.', ['realm']), ({ realms }) =>
    realms.map(({ name, live }) => [{ realm: name }, live]),
  )
  gauge(about('postern_agent_info', 'Always 1.', ['agent', 'state']), ({ agents }) =>
    agents.map(({ name, state }) => [{ agent: name, state }, 1]),
  )
  gauge(
    about('postern_agent_live', '1 while the agent is heard and can be asked.', ['agent']),
    ofAgents(({ isLive }) => (isLive ? 1 : 0)),
  )
  gauge(
    about('postern_agent_in_flight', 'Questions that this process has out.', ['agent']),
    ofAgents(({ inFlight }) => inFlight),
  )
  gauge(
    about('postern_agent_latency_seconds', 'Time to its answer, smoothed.', ['agent']),
    ofAgents(({ latency }) => latency / 1000),
  )
  gauge(
    about('postern_warning', '1 while the warning holds.', ['code', 'warning', 'agent', 'realm']),
    ({ warnings }) => [...zeroes(), ...warnings.map(labelled)],
  )
  gauge(about('postern_redis_up', '0 while there is trouble with Redis.', []), ({ redis }) => [
    [{}, redis.isDown ? 0 : 1],
  ])
  const outages = new Counter({
    ...about('postern_redis_outages_total', 'Troubles with Redis that this process noticed.', []),
    registers: [],
    collect() {
      this.reset()
      this.inc(now().redis.outages)
    },
  })
  registry.registerMetric(outages)
}

function ofAgents(of: (agent: AgentNow) => number) {
  return ({ agents }: Now): readonly Sample[] => agents.map((one) => [{ agent: one.name }, of(one)])
}

function about(name: string, help: string, labelNames: readonly string[]): About {
  return { name, help, labelNames }
}

// Each warning has a line though it does not hold: an alarm on what is missing would never ring.
function zeroes(): Sample[] {
  return warningNames.map((name) => [labelsOf({ name }), 0])
}

function labelled(warning: HeldWarning): Sample {
  return [labelsOf(warning), 1]
}

function labelsOf({ name, agent = '', realm = '' }: HeldWarning): Readonly<Record<string, string>> {
  return { code: warningText(name).code, warning: name, agent, realm }
}
