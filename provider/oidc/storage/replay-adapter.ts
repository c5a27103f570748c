import { type Adapter, errors } from 'oidc-provider'
import { type AdapterParts, milliseconds, modelAdapter, storeKey } from './model-adapter.ts'

/**
 * Proofs and assertions that may be used once (RFC 9449 section 11.1, RFC 7523 section 3). The
 * library looks and then writes, which lets two at the same moment through, so the write refuses
 * the second one.
 */
export function replayAdapter(parts: AdapterParts): Adapter {
  return {
    ...modelAdapter(parts, 'ReplayDetection'),
    upsert: async (id, payload, expiresIn = 0) => {
      const key = storeKey('ReplayDetection', id)
      const value = JSON.stringify(payload)
      if (await parts.store.claim(key, value, milliseconds(expiresIn))) return
      throw new errors.InvalidRequest('this proof was used before')
    },
  }
}
