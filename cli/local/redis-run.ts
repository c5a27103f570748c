import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, randomId } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { createLog } from '../../shared/log.ts'
import { connectRedis } from '../../shared/redis/client.ts'
import type { RedisSettings } from '../../shared/redis/settings.ts'

/** Somebody's Redis, used for one run of local mode. */
export interface RedisRun {
  readonly settings: RedisSettings
  /** Deletes what the run has left there; the keys that could read it are gone. */
  end(): Promise<void>
}

/**
 * @param address as `--redis` takes it
 * @param folder readable by this user alone; the password is kept there for the agent's process
 * @throws Fault `settings`, `storeDown`
 */
export async function beginRedisRun(
  address: string,
  folder: string,
  clock: Clock,
): Promise<RedisRun> {
  const settings = await redisOfUrl(address, folder, clock)
  const log = createLog({ level: 'silent', process: 'local' })
  const redis = await connectRedis(settings, { clock, log, folder, name: 'local' })
  const match = `${settings.keyPrefix}*`
  const sweep = async (): Promise<void> => {
    const { commands } = redis
    if (!('scanStream' in commands)) return
    for await (const keys of commands.scanStream({ match, count: 500 })) {
      const found = keys as string[]
      if (found.length > 0) await commands.unlink(...found)
    }
  }
  return {
    settings,
    end: async () => {
      // A Redis that is gone by now has nothing to delete, or cannot be asked to.
      await sweep().catch(() => undefined)
      await redis.close()
    },
  }
}

/**
 * Settings keep passwords out of addresses, since those are printed and logged; on a command line
 * that is only typed for a try, the address may have one.
 */
async function redisOfUrl(address: string, folder: string, clock: Clock): Promise<RedisSettings> {
  const url = URL.parse(address)
  if (!url || !/^rediss?:$/.test(url.protocol) || url.hostname === '') {
    throw new Fault('settings', '--redis must be an address, as in redis://localhost:6379')
  }
  const username = decodeURIComponent(url.username)
  const password = decodeURIComponent(url.password)
  url.username = ''
  url.password = ''
  const passwordFile = join(folder, 'redis.secret')
  if (password !== '') await writeFile(passwordFile, password, { mode: 0o600 })
  return {
    url: url.href,
    ...(username !== '' && { username }),
    ...(password !== '' && { passwordFile }),
    // Of its own for each run, so that two runs, or a real provider, do not meet.
    keyPrefix: `postern-local-${randomId(clock)}:`,
  }
}
