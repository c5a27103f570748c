import { realpath } from 'node:fs/promises'
import { dirname } from 'node:path'
import { dataKeyId } from '../provider/data-key/data-keys.ts'
import { moveValues } from '../provider/data-key/move-values.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { createLog } from '../shared/log.ts'
import { openCarriers } from '../shared/redis/carriers.ts'
import { readPrivateFile } from '../shared/settings/secret-file.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'
import { createDataKey, readDataKeys } from './key-file.ts'
import { type RotatedKeys, writeKeyFile } from './key-rotation.ts'

/** What was moved to the new key, and how long writes had to wait, in milliseconds. */
export interface RetiredDataKey extends RotatedKeys {
  readonly values: number
  readonly waited: number
}

/**
 * Puts a new key before the one of a data key file. Running providers see it by themselves; it seals
 * nothing until the old one is retired.
 * @throws Fault `settings`
 */
export async function rotateDataKey(file: string): Promise<RotatedKeys> {
  const [current, older] = (await readDataKeys(file)).all()
  if (older !== undefined) {
    const how = '`postern keys retire data` takes the old one out'
    throw new Fault('settings', `${file}: holds two keys already; ${how}`)
  }
  const line = createDataKey()
  await writeKeyFile(file, `${line}${await readPrivateFile(file)}\n`)
  const changed = [dataKeyId(Buffer.from(line, 'base64url'))]
  return { file, keys: [...changed, dataKeyId(current)], changed }
}

/**
 * Moves all that is kept to the newer key of a data key file, and takes the older one out of it. To
 * be called again if it was cut short.
 * @param config the settings of the provider whose file this is
 * @throws Fault `settings`; `notAllowed` while a running process does not know the newer key; `storeDown`
 */
export async function retireDataKey(file: string, config: string): Promise<RetiredDataKey> {
  const settings = await readSettings(config, providerSettings)
  if (settings.redis === undefined) throw new Fault('settings', `${config}: redis is missing`)
  const [newer, older] = (await readDataKeys(file)).all()
  if (older === undefined) {
    throw new Fault('settings', `${file}: holds one key, and that one is in use`)
  }
  const named = resolveBeside(config, settings.dataKeyFile)
  if ((await realpath(named).catch(() => named)) !== (await realpath(file))) {
    throw new Fault('settings', `${file}: is not the dataKeyFile of ${config}`)
  }
  const log = createLog({ level: 'silent', process: 'keys' })
  const clock = systemClock
  const parts = { clock, log, folder: dirname(config), name: 'keys' }
  const carriers = await openCarriers(settings.redis, parts)
  try {
    const moved = await moveValues({ ...carriers, keys: [newer, older], clock })
    await writeKeyFile(file, `${newer.toString('base64url')}\n`)
    return { file, keys: [dataKeyId(newer)], changed: [dataKeyId(older)], ...moved }
  } finally {
    await carriers.close()
  }
}
