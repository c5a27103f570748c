import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import { claimKey, streams } from '../../shared/keys.ts'
import { createLog } from '../../shared/log.ts'
import type { Proxy } from '../../shared/proxy.ts'
import { connectRedis, type RedisClient } from '../../shared/redis/client.ts'
import { reason } from '../../shared/redis/refusal.ts'
import type { AgentSettings } from '../settings.ts'
import { type Found, ok, problem } from './report.ts'

type OpenClient = RedisClient & AsyncDisposable

/** Connects, over TLS where the settings say so, and logs in. */
export async function checkRedis(
  { name, redis }: AgentSettings,
  parts: { clock: Clock; folder: string; proxy: Proxy | undefined },
): Promise<Found<OpenClient>> {
  if (redis === undefined) {
    return { findings: [problem('the settings name none', 'write `redis` into the settings')] }
  }
  const log = createLog({ level: 'silent', process: 'doctor' })
  try {
    const client = await connectRedis(redis, { ...parts, log, name: `${name}-doctor` })
    const value = Object.assign(client, { [Symbol.asyncDispose]: () => client.close() })
    return { value, findings: [ok('connected and logged in', client.address)] }
  } catch (error) {
    const { kind, message } = asFault(error)
    const advice =
      kind === 'settings'
        ? 'mend `redis` in the settings, or the files it names'
        : 'does it run, and does a firewall or the proxy let this machine through to it?'
    return { findings: [problem(message, advice)] }
  }
}

/** What adding to a stream takes. */
const adds = (key: string): string[][] => [
  ['XADD', key, '0-0', 'a', 'b'],
  ['XTRIM', key, 'MINID', 'no-id'],
  ['PEXPIRE', key, 'no-number'],
]

/**
 * Whether Redis allows what the agent does, and does none of it: rights are looked at before
 * arguments (ACL, redis.io), so each command is sent with one that cannot be right, or about a group
 * that there is not. Nothing is written, and no question is taken from an agent that runs.
 */
export async function checkStreamRights(
  agent: string,
  { commands, prefix }: RedisClient,
): Promise<Found<true>> {
  const own = prefix + streams.requestsTo(agent)
  const heartbeats = prefix + streams.heartbeats
  const replies = prefix + streams.repliesTo('doctor')
  const nothing = 'postern-doctor'
  const asked = [
    ['XREADGROUP', 'GROUP', nothing, nothing, 'COUNT', '1', 'STREAMS', own, '0'],
    ['XGROUP', 'CREATE', own, nothing, 'no-id'],
    ['XACK', own, nothing, '0-1'],
    ['XDEL', own, '0-1'],
    ['PEXPIRE', own, 'no-number'],
    ...adds(heartbeats),
    ...adds(replies),
    ['SET', prefix + claimKey('doctor'), '', 'PX', 'no-number', 'NX'],
  ] as const
  const refused = await Promise.all(
    asked.map(async ([command = '', ...parameters]) => {
      const said = await commands.call(command, ...parameters).catch(reason)
      return typeof said === 'string' && said.startsWith('NOPERM') ? command : undefined
    }),
  )
  const wanting = [...new Set(refused.filter((command) => command !== undefined))]
  if (wanting.length === 0) {
    return {
      value: true,
      findings: [ok('may read its questions, answer, and say that it is there')],
    }
  }
  const says = `Redis does not let this user do all that an agent does: ${wanting.join(', ')}`
  const advice = `an agent's own user is made at its enrolment; otherwise docs/running.md has the rule (ACL LOG says more)`
  return { findings: [problem(says, advice)] }
}
