import type { AgentAdministration } from '../provider/agents/administration.ts'
import type { Authority } from '../provider/agents/authority.ts'
import { redisWarnings } from '../provider/agents/redis-warnings.ts'
import { agentsSeen } from '../provider/agents/seen.ts'
import { type AgentsStatus, agentsStatus } from '../provider/agents/status.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import type { Clock } from '../shared/clock.ts'
import type { Carriers } from '../shared/redis/carriers.ts'
import { version } from '../shared/version.ts'
import { hearAgents } from './heard-agents.ts'

/** How things stand with agents, as somebody sees it who comes in and listens for two seconds. */
export async function statusNow(parts: {
  administration: Pick<AgentAdministration, 'list'>
  authority: Authority
  carriers: Carriers
  clock: Clock
  settings: Pick<ProviderSettings, 'realms'>
}): Promise<AgentsStatus> {
  const { administration, authority, carriers, clock, settings } = parts
  const expected = administration.list().filter(({ state }) => state !== 'revoked')
  const [heard, durability] = await Promise.all([
    hearAgents({ bus: carriers.bus, authority, clock }, expected),
    carriers.durability(),
  ])
  return agentsStatus({
    now: clock.now(),
    // The stream has what was said before there was anybody here to listen.
    since: 0,
    version,
    realms: settings.realms.map(({ name }) => name),
    agents: agentsSeen(administration.list(), heard),
    others: redisWarnings(durability),
  })
}
