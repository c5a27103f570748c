import { dirname } from 'node:path'
import { openSealedStore } from '../provider/data-key/sealed-store-of.ts'
import {
  type ListedKey,
  listSigningKeys,
  rotateSigningKeys,
} from '../provider/oidc/signing-keys.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import type { Store } from '../shared/store.ts'
import { readDataKeys } from './key-file.ts'

/** The keys that sign tokens, in the store of the provider whose settings these are. */
export function listTokenKeys(config: string): Promise<readonly ListedKey[]> {
  return inStore(config, listSigningKeys)
}

/** New ones, which the provider's processes find by themselves. */
export function rotateTokenKeys(config: string): Promise<readonly ListedKey[]> {
  return inStore(config, rotateSigningKeys)
}

async function inStore<T>(
  config: string,
  use: (store: Store, clock: Clock) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(config, providerSettings)
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const dataKeys = await readDataKeys(resolveBeside(config, settings.dataKeyFile))
  const log = createLog({ level: 'silent', process: 'keys' })
  const parts = { clock: systemClock, log, folder: dirname(config), name: 'keys' }
  const carriers = await openCarriers(settings.redis, parts)
  try {
    return await use(await openSealedStore(carriers.store, dataKeys, systemClock), systemClock)
  } finally {
    await carriers.close()
  }
}
