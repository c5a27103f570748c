import type { Adapter, AdapterPayload } from 'oidc-provider'
import type { Clock } from '../../../shared/clock.ts'
import type { Store } from '../../../shared/store.ts'
import type { LifetimeSettings } from '../../settings.ts'
import { meanwhile } from './meanwhile.ts'
import { redeemed } from './redeemed.ts'

export interface AdapterParts {
  /** Sealed: its keys are codes and tokens, its values personal data. */
  readonly store: Store
  readonly lifetimes: LifetimeSettings
  readonly clock: Clock
}

/**
 * One of the library's models, as it is for most of them.
 *
 * Revoking by grant deletes the grant and nothing else: the library accepts nothing that was
 * issued under a grant without asking for the grant. That also holds for what another process is
 * issuing at this moment, which a list of all that belongs to the grant would miss; and the list
 * would cost one more write for each token.
 */
export function modelAdapter({ store, lifetimes, clock }: AdapterParts, model: string): Adapter {
  const once = redeemed(model, lifetimes)
  const mark = (id: string): string => storeKey(`${model}:redeemed`, id)

  const find = async (id: string): Promise<AdapterPayload | undefined> => {
    const [payload, redeemedAt] = await Promise.all([
      readPayload(store, storeKey(model, id)),
      once.isAskedFor ? store.get(mark(id)) : undefined,
    ])
    return payload && redeemedAt !== undefined
      ? { ...payload, consumed: Number(redeemedAt) }
      : payload
  }

  return {
    find,
    upsert: (id, payload, expiresIn) => {
      return meanwhile(writePayload(store, storeKey(model, id), payload, expiresIn))
    },
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    destroy: (id) => meanwhile(store.delete(storeKey(model, id))),
    revokeByGrantId: (grantId) => revokeGrant(store, grantId),
    // RFC 6749 sections 4.1.2 and 10.4: if it is used twice, one of the two users is a thief, and
    // nobody knows which. The store decides, so that it holds for two processes at once, too.
    consume: async (id) => {
      const now = String(Math.floor(clock.now() / 1000))
      if (await store.claim(mark(id), now, milliseconds(once.lifetime))) return
      const grantId = (await find(id))?.grantId
      if (grantId !== undefined) await revokeGrant(store, grantId)
      throw once.refusal()
    },
  }
}

export function storeKey(model: string, id: string): string {
  return `oidc:${model}:${id}`
}

export async function readPayload(store: Store, key: string): Promise<AdapterPayload | undefined> {
  const found = await store.get(key)
  return found === undefined ? undefined : (JSON.parse(found) as AdapterPayload)
}

/** @param expiresIn seconds */
export async function writePayload(
  store: Store,
  key: string,
  payload: AdapterPayload,
  expiresIn: number | undefined,
): Promise<void> {
  const ttl = expiresIn === undefined ? undefined : milliseconds(expiresIn)
  await store.set(key, JSON.stringify(payload), ttl)
}

export function milliseconds(seconds: number): number {
  return Math.max(1, seconds * 1000)
}

/** Ends all that was issued under a grant. */
export async function revokeGrant(store: Store, grantId: string): Promise<void> {
  await store.delete(storeKey('Grant', grantId))
}
