import { mkdir, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { readPrivateFile, readSecretFile } from '../../shared/settings/secret-file.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import {
  type Authority,
  type AuthorityKeys,
  createAuthority,
  createAuthorityKeys,
} from './authority.ts'
import type { Journal } from './journal.ts'
import { decodeAgentsState, merge, noAgents } from './record.ts'

/**
 * The authority's folder: the key that certifies agents, the certificates that are believed, and
 * what this host remembers of agents. Whoever can read the key can make agents, so nobody but the
 * provider may.
 */
export interface AuthorityFolder {
  readonly authority: Authority
  readonly journal: Journal
}

const keyFile = 'authority.key'
const certificatesFile = 'authority.pem'
const journalFile = 'agents.jsonl'

/** @throws Fault `settings` if there is no authority, or others can read its key */
export async function openAuthority(folder: string, clock: Clock): Promise<AuthorityFolder> {
  await readKeys(folder)
  const files = { read: () => readKeys(folder) }
  return { authority: createAuthority({ files, clock }), journal: openJournal(folder) }
}

/**
 * Makes a new authority in a folder that has none.
 * @throws Fault `settings` if there is one, or it cannot be written
 */
export async function createAuthorityFolder(folder: string, clock: Clock): Promise<void> {
  if ('text' in (await readTextFile(join(folder, keyFile)))) {
    throw new Fault('settings', `${folder}: holds an authority already, which is never overwritten`)
  }
  await writeKeys(folder, await createAuthorityKeys(clock))
}

/**
 * Makes another key, which certifies from now on. What the one before has certified stays good until
 * it ends. Running providers notice by themselves.
 * @throws Fault `settings` if there is no authority, or it cannot be written
 */
export async function rotateAuthorityFolder(folder: string, clock: Clock): Promise<void> {
  await writeKeys(folder, await createAuthorityKeys(clock, await readKeys(folder)))
}

async function readKeys(folder: string): Promise<AuthorityKeys> {
  const [privatePem, certificates] = await Promise.all([
    readPrivateFile(join(folder, keyFile)),
    readSecretFile(join(folder, certificatesFile)),
  ])
  const found = certificates.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)
  if (found !== null) return { privatePem, certificates: found }
  throw new Fault('settings', `${join(folder, certificatesFile)}: holds no certificate`)
}

// Certificates first: an agent's must never be signed by what nobody believes yet.
async function writeKeys(folder: string, keys: AuthorityKeys): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeWhole(join(folder, certificatesFile), `${keys.certificates.join('\n')}\n`)
    await writeWhole(join(folder, keyFile), keys.privatePem)
  } catch (cause) {
    throw new Fault('settings', `${folder}: cannot be written (${codeOf(cause)})`, { cause })
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const unfinished = `${file}.new`
  {
    await using handle = await open(unfinished, 'w', 0o600)
    await handle.writeFile(text)
    await handle.sync()
  }
  await rename(unfinished, file)
}

// One line for each piece of news, only ever added to: processes that share the folder do not get
// into each other's way, and a line that a power failure has cut off loses nothing but itself.
function openJournal(folder: string): Journal {
  const file = join(folder, journalFile)
  return {
    read: async () => {
      const read = await readTextFile(file, { private: true })
      if ('problem' in read) {
        if (await isMissing(file)) return noAgents
        throw new Fault('settings', `${file}: ${read.problem}`)
      }
      return read.text.split('\n').flatMap(stateOf).reduce(merge, noAgents)
    },
    add: async (news) => {
      await using handle = await open(file, 'a', 0o600)
      await handle.appendFile(`\n${JSON.stringify(news)}`)
      await handle.sync()
    },
  }
}

function stateOf(line: string) {
  try {
    return line === '' ? [] : [decodeAgentsState(line)]
  } catch {
    return []
  }
}

async function isMissing(file: string): Promise<boolean> {
  try {
    await using _ = await open(file)
    return false
  } catch (thrown) {
    return codeOf(thrown) === 'ENOENT'
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown)
}
