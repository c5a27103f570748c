import { hash, verify } from '@node-rs/argon2'
import type { Clock } from '../../shared/clock.ts'
import type { Outcome } from '../../shared/outcome.ts'
import type { FileUser } from './file-users.ts'

/** Passwords that people have changed since the agent started; the file stays as it is. */
export interface Changes {
  /** The user as they are now: with a new password, and no longer in need of one. */
  apply(user: FileUser): FileUser
  /** @param user as they are now, whose password is known to be right */
  change(user: FileUser, newPassword: string): Promise<Outcome>
  /** Milliseconds since the epoch; `undefined` if they have changed nothing here. */
  changedAt(id: string): number | undefined
}

const shortest = 8
/** How many passwords of a person are remembered, as directories do. */
const remembered = 3
const needsChange: readonly string[] = ['passwordExpired', 'mustChangePassword']

export function createChanges(clock: Clock): Changes {
  // The newest last.
  const hashes = new Map<string, readonly string[]>()
  const times = new Map<string, number>()

  return {
    apply: (user) => {
      const passwordHash = hashes.get(user.id)?.at(-1)
      if (passwordHash === undefined) return user
      const { state, ...rest } = user
      const kept = state !== undefined && !needsChange.includes(state) && { state }
      return { ...rest, passwordHash, ...kept }
    },
    change: async (user, newPassword) => {
      if (newPassword.length < shortest) return { name: 'tooShort' }
      const before = hashes.get(user.id) ?? [user.passwordHash]
      const same = await Promise.all(before.map((one) => verify(one, newPassword)))
      if (same.includes(true)) return { name: 'inHistory' }
      hashes.set(user.id, [...before, await hash(newPassword)].slice(-remembered))
      const passwordChangedAt = clock.now()
      times.set(user.id, passwordChangedAt)
      return { name: 'ok', account: { id: user.id, claims: user.claims, passwordChangedAt } }
    },
    changedAt: (id) => times.get(id),
  }
}
