import type { Durability } from '../../shared/redis/persistence.ts'
import type { HeldWarning } from '../../shared/warning-log.ts'

/** PURE. Second factors are enrolled once and have to be there for years. */
export function redisWarnings({ isPersistent, evicts }: Durability): readonly HeldWarning[] {
  const untold = [
    ...(isPersistent === undefined ? ['whether it keeps anything on disk'] : []),
    ...(evicts === undefined ? ['whether it drops what it holds when its memory is full'] : []),
  ]
  return [
    ...(isPersistent === false ? [{ name: 'redisNotPersistent' } as const] : []),
    ...(evicts === true ? [{ name: 'redisEvicts' } as const] : []),
    ...(untold.length > 0 ? [{ name: 'redisUntold', detail: untold.join(', ') } as const] : []),
  ]
}
