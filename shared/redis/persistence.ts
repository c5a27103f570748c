import type { RedisClient } from './client.ts'

/** Whether Redis has tomorrow what it is told today. `undefined` where it does not say. */
export interface Durability {
  /** By its log or by snapshots now and then. */
  readonly isPersistent: boolean | undefined
  /** When its memory is full, it drops what was not used for long, with an end or without. */
  readonly evicts: boolean | undefined
}

/** Its user may be allowed none of these questions. */
export async function askDurability(client: Pick<RedisClient, 'commands'>): Promise<Durability> {
  const { commands } = client
  const [persistence, memory, save] = await Promise.all([
    ifAllowed(commands.info('persistence')),
    ifAllowed(commands.info('memory')),
    ifAllowed(commands.config('GET', 'save') as Promise<unknown>),
  ])
  return { isPersistent: isPersistent(persistence, save), evicts: evicts(memory) }
}

function ifAllowed<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch(() => undefined)
}

function isPersistent(info: string | undefined, save: unknown): boolean | undefined {
  if (/^aof_enabled:1/m.test(info ?? '')) return true
  if (!Array.isArray(save)) return undefined
  if (save[1] !== undefined && save[1] !== '') return true
  return info === undefined ? undefined : false
}

// All values have ends but a few, so that a policy of `volatile-…` evicts as well.
function evicts(info = ''): boolean | undefined {
  const limit = /^maxmemory:(\d+)/m.exec(info)?.[1]
  const policy = /^maxmemory_policy:([\w-]+)/m.exec(info)?.[1]
  if (limit === undefined || policy === undefined) return undefined
  return limit !== '0' && policy !== 'noeviction'
}
