import { streams } from '../keys.ts'

/**
 * What an agent may do in Redis, as `ACL SETUSER` takes it: read its own questions, and write, but
 * not read, verdicts, heartbeats and claims. It is all that this software asks of Redis as an agent.
 *
 * Two shapes. Since Redis 7 a rule can bind commands to keys, and writing to keys without reading
 * them. Before, every command goes with every key: an agent can then read verdicts and heartbeats,
 * which are sealed and signed, and could claim its own stream away.
 */
export interface AgentUser {
  readonly name: string
  /** SHA-256 of its password, hex: Redis need not be told the password. */
  readonly passwordHash: string
}

export function userOf(agent: string): string {
  return `agent-${agent}`
}

/** The agent whose user this is, or `undefined` if it is no agent's. */
export function agentOf(user: string): string | undefined {
  return /^agent-([a-z0-9-]+)$/.exec(user)?.[1]
}

/** @param prefix what every key begins with */
export function agentRules(prefix: string, { name, passwordHash }: AgentUser): readonly string[] {
  const { own, others, claims } = keysOf(prefix, name)
  return [
    ...login(passwordHash),
    `(~${own} +xreadgroup +xgroup|create +xack +xdel +pexpire)`,
    `(${others.map((key) => `%W~${key}`).join(' ')} +xadd +xtrim +pexpire)`,
    `(%W~${claims} +set)`,
  ]
}

/** For Redis 6.2. */
export function olderAgentRules(prefix: string, agent: AgentUser): readonly string[] {
  const { own, others, claims } = keysOf(prefix, agent.name)
  return [
    ...login(agent.passwordHash),
    ...allCommands,
    ...[own, ...others, claims].map((key) => `~${key}`),
  ]
}

const allCommands = '+xreadgroup +xgroup|create +xack +xdel +pexpire +xadd +xtrim +set'.split(' ')

// What a connection says before it can be used. Not `+@connection`: among these commands are
// CLIENT KILL, which throws others out, and CLIENT PAUSE, which stops Redis for everybody.
const onConnecting = ['+auth', '+hello', '+select', '+ping', '+info', '+client|setname']
const inCluster = ['+cluster|slots', '+cluster|info']

function login(passwordHash: string): string[] {
  const nothing = ['reset', 'resetchannels', '-@all']
  return [...nothing, 'on', `#${passwordHash}`, ...onConnecting, ...inCluster]
}

function keysOf(prefix: string, agent: string) {
  const key = (name: string) => literally(prefix) + name
  return {
    own: key(streams.requestsTo(agent)),
    others: [key(streams.repliesTo('*')), key(streams.heartbeats)],
    claims: key('claim:*'),
  }
}

// Rules have patterns, and the prefix is no pattern.
function literally(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&')
}
