import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { announceKeys } from './announce-keys.ts'
import { challengeSecretsOf, type DataKeys } from './data-keys.ts'
import { readRoot } from './root-secret.ts'
import { openSealedStore } from './sealed-store-of.ts'

/** What a provider process has of its data keys. */
export interface OpenedDataKeys {
  readonly sealed: Store
  /** The same in all processes, before and after another key takes over. */
  readonly rootSecret: Buffer
  /** These end with the data key. Newer ones are not used to sign until all processes know them. */
  readonly challengeSecrets: () => readonly [Buffer, ...Buffer[]]
  /** Says nothing of them any more. */
  readonly stop: () => Promise<void>
}

/** @throws Fault `settings` if another key has taken the place of the only one, `storeDown` */
export async function openDataKeys(parts: {
  /** Not sealed. */
  readonly store: Store
  readonly dataKeys: DataKeys
  /** Of a process alone, whose key ends with it. */
  readonly isLocal: boolean
  readonly clock: Clock
  readonly log: Logger
}): Promise<OpenedDataKeys> {
  const { store, dataKeys, isLocal, clock, log } = parts
  const sealed = await openSealedStore(store, dataKeys, clock)
  const rootSecret = await readRoot(sealed, dataKeys)
  const challengeSecrets = () => challengeSecretsOf(dataKeys)
  if (isLocal) return { sealed, rootSecret, challengeSecrets, stop: async () => undefined }
  const { stop } = await announceKeys({ sealed, store, keys: dataKeys, clock, log })
  return { sealed, rootSecret, challengeSecrets, stop }
}
