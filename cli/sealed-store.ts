import { dirname } from 'node:path'
import { openSealedStore } from '../provider/data-key/sealed-store-of.ts'
import type { ProviderSettings } from '../provider/settings.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { type Clock, systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import type { Store } from '../shared/store.ts'
import { readDataKeys } from './key-file.ts'

/** What the provider's processes share, for one command. */
export interface OpenedStore {
  readonly settings: ProviderSettings
  /** Sealed. */
  readonly store: Store
  readonly clock: Clock
}

/**
 * Opens the provider's Redis with its data key, as its settings say.
 * @param name of the command, as Redis shows it
 * @throws Fault `settings`, `storeDown`
 */
export async function withSealedStore<T>(
  config: string,
  name: string,
  use: (opened: OpenedStore) => Promise<T>,
): Promise<T> {
  const settings = await readSettings(config, providerSettings)
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const dataKeys = await readDataKeys(resolveBeside(config, settings.dataKeyFile))
  const clock = systemClock
  const log = createLog({ level: 'silent', process: name })
  const carriers = await openCarriers(settings.redis, { clock, log, folder: dirname(config), name })
  try {
    const store = await openSealedStore(carriers.store, dataKeys, clock)
    return await use({ settings, store, clock })
  } finally {
    await carriers.close()
  }
}
