import { resolve } from 'node:path'
import { verify } from '@node-rs/argon2'
import type { Account } from '../../shared/account.ts'
import { createGate } from '../../shared/gate.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type {
  AccountLookup,
  BackendAnswer,
  Credentials,
  PasswordBackend,
  PasswordChange,
  PasswordChanger,
  SoughtAccount,
} from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import { createChanges } from './file-changes.ts'
import { openPeople, type People } from './file-people.ts'
import type { FileBackendSettings } from './file-settings.ts'
import { type FileUser, outcomeOfState } from './file-users.ts'
import { canBePassword } from './password-text.ts'

/**
 * People in a YAML file, with argon2id hashes and, to show what an app must expect, accounts that
 * something is wrong with.
 *
 * @throws SettingsFault with every problem of the file
 */
export async function createFileBackend(
  { file, parallel, changePasswords }: FileBackendSettings,
  parts: BackendParts,
): Promise<PasswordBackend & AccountLookup & Partial<PasswordChanger>> {
  const currentPeople = await openPeople(resolve(parts.folder, file), parts)
  const gate = createGate(parallel)
  const changes = createChanges(parts.clock)

  /** Who it is and whether the password is right; `undefined` if there was no time to find out. */
  async function check(credentials: Credentials) {
    const { password, signal } = credentials
    const people = await currentPeople()
    const found = people.find(credentials)
    const user = found && changes.apply(found)
    // One hash for nobody as for somebody, so that the time it takes does not tell who exists.
    const hash = user?.passwordHash ?? people.anyHash
    const right = await gate(signal, async () => hash !== undefined && verify(hash, password))
    return right === undefined ? undefined : { user: user && dated(user, people), right }
  }

  function dated(user: FileUser, people: People): DatedUser {
    const times = [people.hashChangedAt(user.id), changes.changedAt(user.id)]
    const known = times.filter((time) => time !== undefined)
    return known.length === 0 ? user : { ...user, passwordChangedAt: Math.max(...known) }
  }

  async function lookUp({ id }: SoughtAccount): Promise<BackendAnswer> {
    const people = await currentPeople()
    const user = people.findById(id)
    if (user === undefined) return { outcome: { name: 'unknownUser' } }
    return { outcome: standing(dated(changes.apply(user), people)) }
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
    lookUp,
    ...(changePasswords && { changePassword }),
  }
}

const changeable: readonly string[] = ['passwordExpired', 'mustChangePassword']

const tooBusy: Outcome = {
  name: 'unavailable',
  reason: 'overloaded',
  detail: 'other passwords were still being hashed',
}

/** A user, and when their password was last changed, as far as that is known. */
type DatedUser = FileUser & Pick<Account, 'passwordChangedAt'>

function outcomeOf(user: DatedUser, right: boolean): Outcome {
  const { state } = user
  // As a directory does, which looks at these before it looks at the password.
  if (state === 'accountLocked' || state === 'accountDisabled') return { name: state }
  if (!right) return { name: 'wrongPassword' }
  return state ? outcomeOfState(state) : { name: 'ok', account: accountOf(user) }
}

// Of the others, some are about the password alone, and some pass by themselves.
const ending: readonly string[] = ['unknownUser', 'accountDisabled', 'accountExpired', 'notNow']

function standing(user: DatedUser): Outcome {
  const { state } = user
  const isSaid = state !== undefined && (ending.includes(state) || state.startsWith('unavailable/'))
  return isSaid ? outcomeOfState(state) : { name: 'ok', account: accountOf(user) }
}

function accountOf({ id, claims, passwordChangedAt }: DatedUser): Account {
  return { id, claims, ...(passwordChangedAt !== undefined && { passwordChangedAt }) }
}
