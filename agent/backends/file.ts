import { resolve } from 'node:path'
import { verify } from '@node-rs/argon2'
import type { Outcome } from '../../shared/outcome.ts'
import type { PasswordBackend } from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import { openPeople } from './file-people.ts'
import type { FileBackendSettings } from './file-settings.ts'
import { type FileUser, outcomeOfState } from './file-users.ts'
import { createGate } from './gate.ts'

/**
 * People in a YAML file, with argon2id hashes and, to show what an app must expect, accounts that
 * something is wrong with.
 *
 * @throws SettingsFault with every problem of the file
 */
export async function createFileBackend(
  { file, parallel }: FileBackendSettings,
  { log, folder }: BackendParts,
): Promise<PasswordBackend> {
  const currentPeople = await openPeople(resolve(folder, file), log)
  const gate = createGate(parallel)

  return {
    verify: async (credentials) => {
      const { password, signal } = credentials
      // As with every backend: an empty password is nobody's.
      if (password === '') return { outcome: { name: 'wrongPassword' } }
      const people = await currentPeople()
      const user = people.find(credentials)
      // One hash for nobody as for somebody, so that the time it takes does not tell who exists.
      const hash = user?.passwordHash ?? people.anyHash
      const right = await gate(signal, async () => hash !== undefined && verify(hash, password))
      if (right === undefined) return { outcome: tooBusy }
      return { outcome: user ? outcomeOf(user, right) : { name: 'unknownUser' } }
    },
  }
}

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
