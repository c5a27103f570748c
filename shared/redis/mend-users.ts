import type { Redis } from 'ioredis'
import type { Logger } from '../log.ts'
import { type AgentUser, agentOf, agentRules, olderAgentRules, userOf } from './agent-acl.ts'
import { reason } from './refusal.ts'

/** Makes the users of one server what they should be, and touches nothing if they are. */
export type MendUsers = (
  server: Redis,
  wanted: readonly AgentUser[],
  unwanted: readonly string[],
) => Promise<void>

/** @param prefix what every key begins with */
export function createMendUsers(prefix: string, log: Logger): MendUsers {
  // What Redis says of a user that we have just made, by what we made it of.
  const asMade = new Map<string, string>()
  let saidOlder = false

  async function make(server: Redis, user: AgentUser): Promise<void> {
    const set = (rules: readonly string[]) =>
      server.call('ACL', 'SETUSER', userOf(user.name), ...rules)
    try {
      await set(agentRules(prefix, user))
    } catch (error) {
      if (!/modifier '[(%]/.test(reason(error))) throw error
      await set(olderAgentRules(prefix, user))
      if (!saidOlder) log.warn(olderAdvice)
      saidOlder = true
    }
  }

  return async (server, wanted, unwanted) => {
    const before = await usersOf(server)
    const wrong = wanted.filter((user) => {
      const found = before.get(user.name)
      return found === undefined || found !== asMade.get(idOf(user))
    })
    const left = unwanted.filter((agent) => before.has(agent))
    if (wrong.length + left.length === 0) return
    for (const user of wrong) await make(server, user)
    if (left.length > 0) await server.call('ACL', 'DELUSER', ...left.map(userOf))
    const after = await usersOf(server)
    for (const user of wrong) asMade.set(idOf(user), after.get(user.name) ?? '')
    await save(server)
  }
}

const olderAdvice =
  'Redis is older than 7: agents can read sealed verdicts and heartbeats of each other there'

function idOf({ name, passwordHash }: AgentUser): string {
  return `${name} ${passwordHash}`
}

/** Whole rules by the name of the agent. */
async function usersOf(server: Redis): Promise<Map<string, string>> {
  const users = new Map<string, string>()
  for (const line of (await server.call('ACL', 'LIST')) as string[]) {
    const [, user = '', rules = ''] = /^user (\S+) (.*)$/.exec(line) ?? []
    const agent = agentOf(user)
    if (agent !== undefined) users.set(agent, inOrder(rules))
  }
  return users
}

// Redis lists commands in an order that is another one after each start, and on each server.
function inOrder(rules: string): string {
  return rules
    .split(/[ ()]+/)
    .toSorted()
    .join(' ')
}

/** To the file from which Redis takes its users when it starts, if it has one. */
async function save(server: Redis): Promise<void> {
  try {
    await server.call('ACL', 'SAVE')
  } catch (error) {
    if (!reason(error).includes('not configured to use an ACL file')) throw error
  }
}
