import { createIdentity, keyId, publicKeyOf } from '../shared/envelope-keys.ts'
import { Fault } from '../shared/fault.ts'
import { replaceFile } from '../shared/settings/replace-file.ts'
import { readPrivateFile } from '../shared/settings/secret-file.ts'
import { readSigningKeys } from './key-file.ts'

/** Ids of the keys in a key file, newest first. */
export interface RotatedKeys {
  readonly file: string
  readonly keys: readonly string[]
  /** The one that has come or gone. */
  readonly changed: readonly string[]
}

// More than one is there only while agents learn of the next.
const most = 4

/**
 * Puts a new key before those of a channel key file. Running providers see it by themselves and show
 * each agent the newest key that it knows.
 * @throws Fault `settings`
 */
export async function rotateChannelKey(file: string): Promise<RotatedKeys> {
  const before = await readSigningKeys(file)
  if (before.length >= most) {
    const how = '`postern keys retire channel` takes the old ones out'
    throw new Fault('settings', `${file}: holds ${before.length} keys already; ${how}`)
  }
  const { privatePem, publicKey } = await createIdentity()
  await writeKeyFile(file, `${privatePem.trim()}\n${(await readPrivateFile(file)).trim()}\n`)
  const changed = [keyId(publicKey)]
  return { file, keys: [...changed, ...before.map(({ id }) => id)], changed }
}

/**
 * Takes all keys but the newest out of a channel key file.
 * @param check rejects if that must not be, told of the one that stays and those that go
 * @throws Fault `settings`
 */
export async function retireChannelKeys(
  file: string,
  check: (stays: string, goes: readonly string[]) => Promise<void>,
): Promise<RotatedKeys> {
  const pem = await readPrivateFile(file)
  const [newest, ...old] = await readSigningKeys(file)
  if (old.length === 0)
    throw new Fault('settings', `${file}: holds one key, and that one is in use`)
  const changed = old.map(({ id }) => id)
  await check(newest.id, changed)
  const blocks = pem.match(/-----BEGIN [A-Z ]+-----[^-]*-----END [A-Z ]+-----/g) ?? []
  const stays = blocks.find((block) => publicKeyOf(block) === newest.publicKey)
  if (stays === undefined) throw new Fault('internal', `${file}: the newest key is not in it`)
  await writeKeyFile(file, `${stays}\n`)
  return { file, keys: [newest.id], changed }
}

/** In one step. @throws Fault `settings` */
export async function writeKeyFile(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, text)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new Fault('settings', `${file}: cannot be written (${code})`, { cause })
  }
}
