import type { RedisClient } from './client.ts'

/**
 * Whether Redis keeps on disk what it is told, by its log or by snapshots now and then.
 * @returns true also if it does not tell: its user may be allowed neither question
 */
export async function isPersistent({ commands }: Pick<RedisClient, 'commands'>): Promise<boolean> {
  const info = await commands.info('persistence').catch(() => '')
  if (!/^aof_enabled:0/m.test(info)) return true
  const answer: unknown = await commands.config('GET', 'save').catch(() => undefined)
  return !(Array.isArray(answer) && answer[1] === '')
}
