import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault } from '../../shared/fault.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'

/**
 * The files of an identity, in a folder that its owner alone can look into. They belong together: a
 * new key with the old certificate is nobody. So all that change are first written beside the
 * others, in `next`, and that folder gets its name in one step: from then on they are the identity,
 * also for who starts after the power has failed, and are only moved to their places.
 */
export interface IdentityFiles {
  /** PKCS#8 PEM. */
  readonly 'identity.key': string
  /** PEM. */
  readonly 'certificate.pem': string
  /** JSON: which provider, and its keys. */
  readonly 'provider.json': string
  readonly 'redis.password'?: string
  /** PEM of the authority of Redis, where the provider names one. */
  readonly 'redis-ca.pem'?: string
}

type FileName = keyof IdentityFiles
const required = ['identity.key', 'certificate.pem', 'provider.json'] as const
const optional = ['redis.password', 'redis-ca.pem'] as const
const next = 'next'
const unfinished = 'next.tmp'

/** Whether there is an identity, or so much as its key and certificate. */
export async function hasIdentity(folder: string): Promise<boolean> {
  const there = await Promise.all(
    [folder, join(folder, next)].map((place) =>
      Promise.any([stat(join(place, 'certificate.pem')), stat(join(place, 'identity.key'))]).then(
        () => true,
        () => false,
      ),
    ),
  )
  return there.includes(true)
}

/** @throws Fault `settings` if a file is missing, or others can read one or look into the folder */
export async function readIdentityFiles(folder: string): Promise<IdentityFiles> {
  await refuseOpenFolder(folder)
  const read = async (name: FileName): Promise<string | undefined> =>
    (await readPrivate(join(folder, next, name))) ?? readPrivate(join(folder, name))
  const [key, certificate, provider, password, ca] = await Promise.all(
    [...required, ...optional].map(read),
  )
  if (key === undefined || certificate === undefined || provider === undefined) {
    throw new Fault('settings', `${folder}: holds no identity; \`postern agent enrol\` gets one`)
  }
  return {
    'identity.key': key,
    'certificate.pem': certificate,
    'provider.json': provider,
    ...(password !== undefined && { 'redis.password': password }),
    ...(ca !== undefined && { 'redis-ca.pem': ca }),
  }
}

/**
 * Whatever happens on the way, the folder holds the old files afterwards or all of the new ones.
 * Those that are not given stay.
 * @throws Fault `settings` if they cannot be written, or others can look into the folder
 */
export async function writeIdentityFiles(
  folder: string,
  files: Partial<IdentityFiles>,
): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await refuseOpenFolder(folder)
    await settleIdentityFiles(folder)
    const temporary = join(folder, unfinished)
    await rm(temporary, { recursive: true, force: true })
    await mkdir(temporary, { mode: 0o700 })
    for (const [name, text] of Object.entries(files)) await writeWhole(join(temporary, name), text)
    await flush(temporary)
    await rename(temporary, join(folder, next))
    await flush(folder)
    await settleIdentityFiles(folder)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('settings', `${folder}: cannot be written (${codeOf(cause)})`, { cause })
  }
}

/** Moves what was written, but not yet moved when a process died, to where people look for it. */
export async function settleIdentityFiles(folder: string): Promise<void> {
  const from = join(folder, next)
  const names = await readdir(from).catch(() => undefined)
  if (names === undefined) return
  for (const name of names) await rename(join(from, name), join(folder, name))
  await flush(folder)
  await rm(from, { recursive: true, force: true })
  await flush(folder)
}

async function readPrivate(file: string): Promise<string | undefined> {
  const read = await readTextFile(file, { private: true })
  if ('text' in read) return read.text
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) return undefined
  throw new Fault('settings', `${file}: ${read.problem}`)
}

async function refuseOpenFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined)
  if (found === undefined || process.platform === 'win32') return
  if (!found.isDirectory()) throw new Fault('settings', `${folder}: is no folder`)
  if ((found.mode & 0o077) === 0) return
  throw new Fault('settings', `${folder}: other users can look into it; run: chmod 700 ${folder}`)
}

async function writeWhole(file: string, text: string): Promise<void> {
  await using handle = await open(file, 'wx', 0o600)
  await handle.writeFile(text)
  await handle.sync()
}

// A name in a folder is on the disk only once the folder is. Windows has no such call, nor needs it.
async function flush(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder)
  await handle.sync()
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
}
