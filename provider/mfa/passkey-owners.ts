import type { Store } from '../../shared/store.ts'

/**
 * Whose passkeys have which user handle: how somebody who types no user name is found. The handle
 * was made by us, at random, and no authenticator can choose that of somebody else; the id of a
 * passkey is chosen by the authenticator, so that a made-up one could claim the passkey of another.
 *
 * An entry without a passkey, as a crash in the midst of an enrolment leaves behind, does no harm:
 * the passkey is looked for among the person's own.
 */
export interface PasskeyOwners {
  /** Before the passkey is kept, so that there is none whose owner is not found. */
  note(userHandle: string, sub: string): Promise<void>
  find(userHandle: string): Promise<string | undefined>
  /** When the last passkey with it is gone. */
  forget(userHandle: string): Promise<void>
}

/** @param store a sealed one: an entry says who a passkey belongs to */
export function createPasskeyOwners(store: Pick<Store, 'get' | 'set' | 'delete'>): PasskeyOwners {
  return {
    note: (userHandle, sub) => store.set(key(userHandle), sub),
    find: (userHandle) => store.get(key(userHandle)),
    forget: async (userHandle) => void (await store.delete(key(userHandle))),
  }
}

function key(userHandle: string): string {
  return `passkey-owner:${userHandle}`
}
