import type { SigningKey } from '../../shared/envelope-keys.ts'

/**
 * The keys that sign session grants. There is one, but while a new one takes over: agents learn of
 * it one after the other, and each is shown the newest that it knows.
 */
export interface ChannelKeys {
  /** Newest first; at least one. May change from one call to the next. */
  all(): readonly SigningKey[]
  /** Looks for changes no more. */
  stop(): Promise<void>
}

/** Of a process that never changes them. */
export function fixedChannelKeys(...keys: readonly [SigningKey, ...SigningKey[]]): ChannelKeys {
  return { all: () => keys, stop: async () => undefined }
}

/** @param trusts ids of the keys that an agent has pinned */
export function signerFor(keys: ChannelKeys, trusts: readonly string[]): SigningKey | undefined {
  return keys.all().find(({ id }) => trusts.includes(id))
}
