import type { Adapter, AdapterFactory, ClientMetadata } from 'oidc-provider'
import type { Clients } from '../clients/clients.ts'
import { deviceCodeAdapter } from './device-code-adapter.ts'
import { type AdapterParts, modelAdapter } from './model-adapter.ts'
import { replayAdapter } from './replay-adapter.ts'
import { sessionAdapter } from './session-adapter.ts'

/**
 * This folder is what oidc-provider stores, kept in our Store; and clients, which it only ever asks
 * for. Each operation is one round trip: the few that touch two keys send both at once.
 *
 * @param parts.own the client that no file describes
 */
export function createAdapter(
  parts: AdapterParts & { readonly clients: Clients; readonly own: ClientMetadata },
): AdapterFactory {
  return (model) => {
    if (model === 'Client') return clientAdapter(parts)
    if (model === 'Session') return sessionAdapter(parts)
    if (model === 'DeviceCode') return deviceCodeAdapter(parts)
    if (model === 'ReplayDetection') return replayAdapter(parts)
    return modelAdapter(parts, model)
  }
}

function clientAdapter({ clients, own }: { clients: Clients; own: ClientMetadata }): Adapter {
  return { ...readOnly, find: async (id) => (id === own.client_id ? own : clients.find(id)) }
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
