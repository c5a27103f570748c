import { writeFile } from 'node:fs/promises'
import { type DataKeys, fixedDataKeys } from '../provider/data-key/data-keys.ts'
import { systemClock } from '../shared/clock.ts'
import {
  createIdentity,
  publicKeyOf,
  type SigningKey,
  signingKeys,
} from '../shared/envelope-keys.ts'
import { Fault } from '../shared/fault.ts'
import { readPrivateFile } from '../shared/settings/secret-file.ts'

/** What a key file can hold: `channel` is a P-256 key pair, `data` is 32 random bytes. */
export type KeyKind = 'channel' | 'data'

const dataKeyBytes = 32

/**
 * Makes a new key file that its owner alone can read. One that is there is never overwritten:
 * with a data key everything sealed by it would be lost.
 * @returns the public half, for the other side to pin; none for a data key
 * @throws Fault `settings` if it cannot be written
 */
export async function createKeyFile(kind: KeyKind, file: string): Promise<string | undefined> {
  if (kind === 'data') {
    await writeNew(file, createDataKey())
    return undefined
  }
  const { privatePem, publicKey } = await createIdentity()
  await writeNew(file, privatePem)
  return publicKey
}

/** The public half of a channel key; of several, that of the newest. */
export async function readPublicKey(file: string): Promise<string> {
  const pem = await readPrivateFile(file)
  return about(file, () => publicKeyOf(pem))
}

/** Of a file that may hold several: the newest comes first. */
export async function readSigningKeys(
  file: string,
): Promise<readonly [SigningKey, ...SigningKey[]]> {
  const pem = await readPrivateFile(file)
  return about(file, () => signingKeys(pem))
}

/** Newest first; two while a new one takes over. @throws Fault `settings` */
export async function readDataKeys(file: string): Promise<DataKeys> {
  const lines = (await readPrivateFile(file)).split(/\s+/)
  const keys = lines.map((line) => Buffer.from(line, 'base64url'))
  const [newest, older] = keys
  const isRight = keys.length <= 2 && keys.every((key) => key.length === dataKeyBytes)
  if (isRight && newest !== undefined && !older?.equals(newest)) return fixedDataKeys(newest, older)
  throw new Fault('settings', `${file}: is no data key; \`postern keys create data\` makes one`)
}

/** A line of a data key file. */
export function createDataKey(): string {
  return `${systemClock.randomBytes(dataKeyBytes).toString('base64url')}\n`
}

async function about<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault(cause.kind, `${file}: ${cause.message}`, { cause })
  }
}

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const why = reasons[code] ?? `cannot be written (${code})`
    throw new Fault('settings', `${file}: ${why}`, { cause })
  }
}

const reasons: Readonly<Record<string, string>> = {
  EEXIST: 'is there already, and a key is never overwritten',
  ENOENT: 'its folder is not there',
  ENOTDIR: 'its folder is not there',
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'this disk can only be read',
  EISDIR: 'is a folder',
}
