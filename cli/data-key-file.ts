import { type DataKeys, dataKeyId } from '../provider/data-key/data-keys.ts'
import type { Logger } from '../shared/log.ts'
import { followKeyFile } from './follow-key-file.ts'
import { readDataKeys } from './key-file.ts'

/**
 * The keys of the data key file, as it changes.
 * @throws Fault `settings` if it holds no key now; later on, that is logged and changes nothing
 */
export async function followDataKeyFile(file: string, log: Logger): Promise<DataKeys> {
  const followed = await followKeyFile(file, {
    read: readDataKeys,
    idsOf: (keys) => keys.all().flatMap((key) => (key === undefined ? [] : [dataKeyId(key)])),
    what: 'data keys',
    log,
  })
  return { all: () => followed.keys().all(), stop: followed.stop }
}
