import { stat } from 'node:fs/promises'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { readSettings } from '../../shared/settings.ts'
import { comparable, type FileUser, usersFile } from './file-users.ts'

/** The people of one file as it is now. */
export interface People {
  /** The one whom the name means; `undefined` if it is nobody, or could be one of several. */
  find(name: { username: string; localName: string }): FileUser | undefined
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
export async function openPeople(file: string, log: Logger): Promise<() => Promise<People>> {
  let seen = await stampOf(file)
  let people = index((await readSettings(file, usersFile)).users)
  let reading: Promise<void> | undefined

  async function readAnew(): Promise<void> {
    try {
      people = index((await readSettings(file, usersFile)).users)
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

export function index(users: readonly FileUser[]): People {
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
    anyHash: users[0]?.passwordHash,
  }
}
