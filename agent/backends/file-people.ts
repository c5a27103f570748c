import { stat } from 'node:fs/promises'
import type { Clock } from '../../shared/clock.ts'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { readSettings } from '../../shared/settings.ts'
import { comparable, type FileUser, usersFile } from './file-users.ts'

/** The people of one file as it is now. */
export interface People {
  /** The one whom the name means; `undefined` if it is nobody, or could be one of several. */
  find(name: { username: string; localName: string }): FileUser | undefined
  findById(id: string): FileUser | undefined
  /**
   * When their hash was seen to be another one, in milliseconds since the epoch; nothing is known of
   * the time before the agent started.
   */
  hashChangedAt(id: string): number | undefined
  /** Somebody's hash, whose checking costs what checking anybody's does. */
  readonly anyHash: string | undefined
}

/**
 * Reads the file, and reads it anew when it has changed: looked at with each question, since
 * notices of changes get lost with some editors and file systems.
 *
 * @returns a function that gives the people of the last good file
 * @throws SettingsFault if the file is bad to begin with
 */
export async function openPeople(
  file: string,
  { log, clock }: { log: Logger; clock: Clock },
): Promise<() => Promise<People>> {
  let seen = await stampOf(file)
  let people = index((await readSettings(file, usersFile)).users)
  let reading: Promise<void> | undefined

  async function readAnew(): Promise<void> {
    try {
      const { users } = await readSettings(file, usersFile)
      people = index(users, hashChanges(users, people, clock.now()))
      log.info({ file }, 'the users file has been read anew')
    } catch (error) {
      const { code, message } = asFault(error)
      log.error(
        { file, faultCode: code, detail: message },
        'the users file is bad; the last good one stays in use',
      )
    }
  }

  return async () => {
    const stamp = await stampOf(file)
    if (stamp !== seen) {
      seen = stamp
      reading = readAnew()
    }
    await reading
    return people
  }
}

/** Changes whenever the file does, be it written to or replaced; the same while it is missing. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}` : 'none'
}

function hashChanges(
  users: readonly FileUser[],
  before: People,
  now: number,
): ReadonlyMap<string, number> {
  const changes = new Map<string, number>()
  for (const { id, passwordHash } of users) {
    const known = before.findById(id)
    const isOther = known !== undefined && known.passwordHash !== passwordHash
    const changedAt = isOther ? now : before.hashChangedAt(id)
    if (changedAt !== undefined) changes.set(id, changedAt)
  }
  return changes
}

export function index(
  users: readonly FileUser[],
  hashChanged: ReadonlyMap<string, number> = new Map(),
): People {
  const byId = new Map(users.map((user) => [user.id, user]))
  const byName = new Map<string, FileUser>()
  const byLocalName = new Map<string, FileUser | 'several'>()
  for (const user of users) {
    const name = comparable(user.username)
    const [localName = name] = name.split('@')
    byName.set(name, user)
    byLocalName.set(localName, byLocalName.has(localName) ? 'several' : user)
  }
  return {
    find: ({ username, localName }) => {
      const exact = byName.get(comparable(username)) ?? byName.get(comparable(localName))
      const found = exact ?? byLocalName.get(comparable(localName))
      return found === 'several' ? undefined : found
    },
    findById: (id) => byId.get(id),
    hashChangedAt: (id) => hashChanged.get(id),
    anyHash: users[0]?.passwordHash,
  }
}
