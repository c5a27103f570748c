import { resolve } from 'node:path'
import type { EnrolmentRedis } from '../../shared/enrolment.ts'
import type { RedisPlace } from '../../shared/redis/settings.ts'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import type { ProviderSettings } from '../settings.ts'

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
 * @param folder that file names in them are relative to
 * @throws Fault `settings` if the file of the authorities cannot be read
 */
export async function openRedisAccess(
  { redis, agentRedis = redis }: Pick<ProviderSettings, 'redis' | 'agentRedis'>,
  folder: string,
): Promise<RedisAccess> {
  if (redis === undefined || agentRedis === undefined) return noRedisAccess
  const told = await place(agentRedis, redis.keyPrefix, folder)
  return { grant: async () => ({ redis: told }), describe: async () => told }
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
