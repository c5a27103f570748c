import type { Store } from '../../shared/store.ts'

/** Whose turn it is to post: ours, another provider process's, or nobody's, since it is done. */
export type Turn = 'mine' | 'others' | 'done'

/** Provider processes notice the same, and one post of it is enough. */
export interface Turns {
  take(messageId: string): Promise<Turn>
  done(messageId: string): Promise<void>
}

/**
 * @param of.lease milliseconds for which no other process tries the same message
 * @param of.memory milliseconds for which it is known to be done
 */
export function createTurns(
  store: Store,
  of: { readonly instance: string; readonly lease: number; readonly memory: number },
): Turns {
  const { instance, lease, memory } = of
  return {
    take: async (messageId) => {
      try {
        if (await store.claim(key(messageId), instance, lease)) return 'mine'
        const holder = await store.get(key(messageId))
        if (holder === 'done') return 'done'
        return holder === instance || holder === undefined ? 'mine' : 'others'
      } catch {
        // Twice is better than never.
        return 'mine'
      }
    },
    done: (messageId) => store.set(key(messageId), 'done', memory).catch(() => {}),
  }
}

function key(messageId: string): string {
  return `alert:${messageId}`
}
