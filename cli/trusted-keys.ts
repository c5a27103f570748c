import { Fault } from '../shared/fault.ts'
import { withAgents } from './agents-console.ts'

/**
 * Whether the other keys of the channel may go: every agent that is not over has to know this one.
 * @param stays its id
 * @throws Fault `notAllowed` that names the agents that would be lost
 */
export async function refuseWhileTrusted(config: string, stays: string): Promise<void> {
  const { unaware, silent } = await withAgents(config, async ({ status }) => {
    const agents = (await status()).agents.filter(({ state }) => state !== 'revoked')
    const live = agents.filter(({ health }) => health === 'live')
    const names = (some: typeof agents) => some.map(({ name }) => name)
    return {
      unaware: names(live.filter(({ trusts = [] }) => !trusts.includes(stays))),
      silent: names(agents.filter((agent) => !live.includes(agent))),
    }
  })
  if (unaware.length === 0 && silent.length === 0) return
  const reasons = [
    ...(unaware.length > 0 ? [`do not know the new key yet: ${unaware.join(', ')}`] : []),
    ...(silent.length > 0 ? [`are silent, and may not know it: ${silent.join(', ')}`] : []),
  ]
  const then = 'They learn it within an hour of running; with --force they may have to enrol again'
  throw new Fault('notAllowed', `agents ${reasons.join('; agents ')}. ${then}`)
}
