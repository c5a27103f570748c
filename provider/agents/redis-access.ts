import { createHash } from 'node:crypto'
import { resolve } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import type { EnrolmentRedis } from '../../shared/enrolment.ts'
import { userOf } from '../../shared/redis/agent-acl.ts'
import type { RedisPlace } from '../../shared/redis/settings.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import type { ProviderSettings } from '../settings.ts'
import type { RedisUsers } from './redis-users.ts'

/** What an agent is told of Redis. */
export interface RedisAccess {
  /** For one that has just been enrolled. The password is in this answer and nowhere else. */
  grant(agent: { readonly name: string; readonly enrolment: string }): Promise<Granted>
  /** The same for one that has its password. */
  describe(agent: { readonly name: string }): Promise<EnrolmentRedis | undefined>
}

export interface Granted {
  readonly redis?: EnrolmentRedis
  /** SHA-256 of the password, hex. */
  readonly passwordHash?: string
}

/** Where agents and provider share memory, or agents are told of Redis in some other way. */
export const noRedisAccess: RedisAccess = {
  grant: async () => ({}),
  describe: async () => undefined,
}

/**
 * As the settings say.
 * @param parts.folder that file names in them are relative to
 * @param parts.agentUsers absent where the provider makes no users; an admin gives agents theirs then
 * @throws Fault `settings` if the file of the authorities cannot be read
 */
export async function openRedisAccess(
  { redis, agentRedis = redis }: Pick<ProviderSettings, 'redis' | 'agentRedis'>,
  parts: { readonly folder: string; readonly clock: Clock; readonly agentUsers?: RedisUsers },
): Promise<RedisAccess> {
  if (redis === undefined || agentRedis === undefined) return noRedisAccess
  const { folder, clock, agentUsers } = parts
  const told = await place(agentRedis, redis.keyPrefix, folder)
  if (agentUsers === undefined) {
    return { grant: async () => ({ redis: told }), describe: async () => told }
  }
  const toldTo = (name: string) => ({ ...told, username: userOf(name) })
  return {
    grant: async ({ name }) => {
      const password = clock.randomBytes(32).toString('base64url')
      const passwordHash = createHash('sha256').update(password).digest('hex')
      await agentUsers.ensure({ name, passwordHash })
      return { redis: { ...toldTo(name), password }, passwordHash }
    },
    describe: async ({ name }) => toldTo(name),
  }
}

async function place(
  { url, sentinel, cluster, caFile }: RedisPlace,
  keyPrefix: string,
  folder: string,
): Promise<EnrolmentRedis> {
  return {
    ...(url !== undefined && { url }),
    ...(sentinel && { sentinel: { name: sentinel.name, hosts: sentinel.hosts } }),
    ...(cluster && { cluster }),
    keyPrefix,
    ...(caFile !== undefined && { ca: await readCertificate(resolve(folder, caFile)) }),
  }
}
