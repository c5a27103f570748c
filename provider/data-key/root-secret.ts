import type { Clock } from '../../shared/clock.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import type { Store } from '../../shared/store.ts'
import { type DataKeys, rootSecretOf } from './data-keys.ts'

const name = 'root-secret:kept'

/**
 * What signs cookies and the like is derived from. Of the first data key, as long as there is no
 * other: an empty store then changes nothing. What has been kept since another took over counts.
 * @param sealed under the key that counts
 */
export async function readRoot(sealed: Store, keys: DataKeys): Promise<Buffer> {
  const kept = await sealed.get(name)
  const [newest, older] = keys.all()
  if (kept !== undefined) return Buffer.from(kept, 'base64url')
  return rootSecretOf(older ?? newest)
}

/** The one derived from the older key, unless that had taken over one itself. */
export async function keepRoot(
  store: Store,
  [newer, older]: readonly [Buffer, Buffer],
  clock: Clock,
): Promise<void> {
  const after = sealedStore(store, newer, clock)
  if ((await after.get(name)) !== undefined) return
  await after.set(name, rootSecretOf(older).toString('base64url'))
}
