import { type Adapter, Provider } from 'oidc-provider'
import type { Store } from '../../../shared/store.ts'
import { meanwhile } from './meanwhile.ts'
import {
  type AdapterParts,
  modelAdapter,
  readPayload,
  storeKey,
  writePayload,
} from './model-adapter.ts'

/**
 * A session is found by the id in the browser's cookie, and by a `uid` that stays when the cookie
 * changes; the second is looked up at each use of a token that ends with the session, so it has a
 * copy of its own.
 */
export function sessionAdapter(parts: AdapterParts): Adapter {
  const { store } = parts
  return {
    ...modelAdapter(parts, 'Session'),
    upsert: (id, payload, expiresIn) => {
      const { uid, accountId } = payload
      // No token refers to a session in which nobody has signed in.
      const copied = uid !== undefined && accountId !== undefined
      const written = writePayload(store, storeKey('Session', id), payload, expiresIn)
      const copy = copied && writePayload(store, copyKey(uid), payload, expiresIn)
      return meanwhile(Promise.all([written, copy]))
    },
    findByUid: (uid) => readPayload(store, copyKey(uid)),
    destroy: (id) => {
      const session = Provider.ctx?.oidc.session
      const deleted = store.delete(storeKey('Session', id))
      // When it is an older id of a living session that goes, the copy is about to be written
      // anew. Without it for even a moment, other tabs' tokens would be those of a dead session.
      const copy = session?.jti === id && store.delete(copyKey(session.uid))
      return meanwhile(Promise.all([deleted, copy]))
    },
  }
}

/** Ends a session that is not the one of this request's browser. */
export async function deleteSession(
  store: Store,
  { jti, uid }: { readonly jti: string; readonly uid: string },
): Promise<void> {
  await Promise.all([store.delete(storeKey('Session', jti)), store.delete(copyKey(uid))])
}

function copyKey(uid: string): string {
  return storeKey('Session:uid', uid)
}
