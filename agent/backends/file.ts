import { resolve } from 'node:path'
import { verify } from '@node-rs/argon2'
import type { Outcome } from '../../shared/outcome.ts'
import type {
  BackendAnswer,
  Credentials,
  PasswordBackend,
  PasswordChange,
  PasswordChanger,
} from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import { createChanges } from './file-changes.ts'
import { openPeople } from './file-people.ts'
import type { FileBackendSettings } from './file-settings.ts'
import { type FileUser, outcomeOfState } from './file-users.ts'
import { createGate } from './gate.ts'
import { canBePassword } from './password-text.ts'

/**
 * People in a YAML file, with argon2id hashes and, to show what an app must expect, accounts that
 * something is wrong with.
 *
 * @throws SettingsFault with every problem of the file
 */
export async function createFileBackend(
  { file, parallel, changePasswords }: FileBackendSettings,
  { log, folder }: BackendParts,
): Promise<PasswordBackend & Partial<PasswordChanger>> {
  const currentPeople = await openPeople(resolve(folder, file), log)
  const gate = createGate(parallel)
  const changes = createChanges()

  /** Who it is and whether the password is right; `undefined` if there was no time to find out. */
  async function check(credentials: Credentials) {
    const { password, signal } = credentials
    const people = await currentPeople()
    const found = people.find(credentials)
    const user = found && changes.apply(found)
    // One hash for nobody as for somebody, so that the time it takes does not tell who exists.
    const hash = user?.passwordHash ?? people.anyHash
    const right = await gate(signal, async () => hash !== undefined && verify(hash, password))
    return right === undefined ? undefined : { user, right }
  }

  async function changePassword(wanted: PasswordChange): Promise<BackendAnswer> {
    const { password, newPassword, signal } = wanted
    if (!canBePassword(password)) return { outcome: { name: 'wrongOldPassword' } }
    if (!canBePassword(newPassword)) return { outcome: { name: 'tooShort' } }
    const checked = await check(wanted)
    if (checked === undefined) return { outcome: tooBusy }
    const { user, right } = checked
    if (user === undefined || !right) return { outcome: { name: 'wrongOldPassword' } }
    if (user.state !== undefined && !changeable.includes(user.state)) {
      return { outcome: outcomeOfState(user.state) }
    }
    const outcome = await gate(signal, () => changes.change(user, newPassword))
    return { outcome: outcome ?? tooBusy }
  }

  return {
    verify: async (credentials) => {
      if (!canBePassword(credentials.password)) return { outcome: { name: 'wrongPassword' } }
      const checked = await check(credentials)
      if (checked === undefined) return { outcome: tooBusy }
      const { user, right } = checked
      return { outcome: user ? outcomeOf(user, right) : { name: 'unknownUser' } }
    },
    ...(changePasswords && { changePassword }),
  }
}

const changeable: readonly string[] = ['passwordExpired', 'mustChangePassword']

const tooBusy: Outcome = {
  name: 'unavailable',
  reason: 'overloaded',
  detail: 'other passwords were still being hashed',
}

function outcomeOf({ id, claims, state }: FileUser, right: boolean): Outcome {
  // As a directory does, which looks at these before it looks at the password.
  if (state === 'accountLocked' || state === 'accountDisabled') return { name: state }
  if (!right) return { name: 'wrongPassword' }
  return state ? outcomeOfState(state) : { name: 'ok', account: { id, claims } }
}
