import type { Adapter, AdapterFactory } from 'oidc-provider'
import type { Clients } from './clients.ts'
import { deviceCodeAdapter } from './device-code-adapter.ts'
import { type AdapterParts, modelAdapter } from './model-adapter.ts'
import { replayAdapter } from './replay-adapter.ts'
import { sessionAdapter } from './session-adapter.ts'

/**
 * What oidc-provider stores, kept in our Store; and clients, which it only ever asks for. Each
 * operation is one round trip: the few that touch two keys send both at once.
 */
export function createAdapter(parts: AdapterParts & { readonly clients: Clients }): AdapterFactory {
  return (model) => {
    if (model === 'Client') return clientAdapter(parts.clients)
    if (model === 'Session') return sessionAdapter(parts)
    if (model === 'DeviceCode') return deviceCodeAdapter(parts)
    if (model === 'ReplayDetection') return replayAdapter(parts)
    return modelAdapter(parts, model)
  }
}

function clientAdapter(clients: Clients): Adapter {
  return { ...readOnly, find: async (id) => clients.find(id) }
}

const nothing = async (): Promise<undefined> => undefined

const readOnly: Adapter = {
  upsert: nothing,
  find: nothing,
  findByUid: nothing,
  findByUserCode: nothing,
  consume: nothing,
  destroy: nothing,
  revokeByGrantId: nothing,
}
