import type { Adapter } from 'oidc-provider'
import { deviceCodeLifetime, lateness } from '../lifetimes.ts'
import { type AdapterParts, milliseconds, modelAdapter, storeKey } from './model-adapter.ts'

/** A device code is found by itself, and by the short code that a person types (RFC 8628). */
export function deviceCodeAdapter(parts: AdapterParts): Adapter {
  const { store } = parts
  const base = modelAdapter(parts, 'DeviceCode')
  return {
    ...base,
    upsert: async (id, payload, expiresIn = deviceCodeLifetime) => {
      const { userCode } = payload
      const until = expiresIn + lateness
      await Promise.all([
        base.upsert(id, payload, until),
        userCode !== undefined && store.set(userCodeKey(userCode), id, milliseconds(until)),
      ])
    },
    findByUserCode: async (userCode) => {
      const id = await store.get(userCodeKey(userCode))
      return id === undefined ? undefined : base.find(id)
    },
  }
}

function userCodeKey(userCode: string): string {
  return storeKey('DeviceCode:user', userCode)
}
