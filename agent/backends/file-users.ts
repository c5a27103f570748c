import { z } from 'zod'
import type { ClaimValue } from '../../shared/account.ts'
import {
  type Outcome,
  type RefusedName,
  refusedNames,
  type UnavailableReason,
  unavailableReasons,
} from '../../shared/outcome.ts'
import { type CrossProblem, withCrossChecks } from '../../shared/settings/cross-check.ts'
import { repeats } from '../../shared/settings/repeats.ts'

/** `users.yaml`: the people of a `file` backend. */
export interface UsersFile {
  readonly users: readonly FileUser[]
}

export interface FileUser {
  /** `alice` or `alice@corp.example`; upper and lower case are the same. */
  readonly username: string
  readonly id: string
  /** argon2id as a PHC string. */
  readonly passwordHash: string
  readonly state?: UserState
  /** Local mode shows it beside the name; nothing else reads it. */
  readonly developmentPassword?: string
  readonly claims: Readonly<Record<string, ClaimValue>>
}

/** What is wrong with an account. */
export type UserState = RefusedName | `unavailable/${UnavailableReason}`

const states: readonly UserState[] = [
  ...refusedNames,
  ...unavailableReasons.map((reason) => `unavailable/${reason}` as const),
]

const claimValue: z.ZodType<ClaimValue> = z.union([
  z.string().max(4096),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1024)).max(5000),
])

const user: z.ZodType<FileUser> = z.strictObject({
  username: z
    .string()
    .regex(/^[^\s@]+(@[^\s@]+)?$/, { error: 'must look like alice or alice@corp.example' })
    .max(320)
    .describe('The user name. The part before the @ alone will do to sign in.'),
  id: z
    .string()
    .min(1)
    .max(255)
    .describe('Never changes and is never given to another; `sub` comes from it.'),
  passwordHash: z
    .string()
    .regex(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/, {
      error: 'must be an argon2id hash, such as $argon2id$v=19$m=19456,t=2,p=1$…$…',
    })
    .describe('The password, hashed with argon2id.'),
  state: z
    .enum(states)
    .exactOptional()
    .describe(
      'What is wrong with the account. It shows once the password is right; locked and disabled show always.',
    ),
  developmentPassword: z
    .string()
    .min(1)
    .exactOptional()
    .describe('The password, readable, for local mode to show. Only for people who do not exist.'),
  claims: z
    .record(z.string().min(1).max(64), claimValue)
    .default({})
    .describe('Claims by their OpenID Connect names, and groups.'),
})

const schema: z.ZodType<UsersFile> = z
  .strictObject({ users: z.array(user).describe('The people.') })
  .describe('The people of a `file` backend.')

export const usersFile: z.ZodType<UsersFile> = withCrossChecks(schema, [
  { of: ['users'], problems: ({ users }) => taken(users, 'username') },
  { of: ['users'], problems: ({ users }) => taken(users, 'id') },
])

function taken(users: readonly FileUser[], key: 'username' | 'id'): CrossProblem[] {
  const entries = users.map((one, index) => {
    const text = key === 'username' ? comparable(one.username) : one.id
    return { text, path: ['users', index, key] }
  })
  return repeats(entries).map(({ path }) => ({ path, message: 'belongs to an earlier user' }))
}

/** A name as it is compared: without case, and however its accents were put together. */
export function comparable(name: string): string {
  return name.normalize('NFC').toLowerCase()
}

/** The outcome that a state stands for. */
export function outcomeOfState(state: UserState): Outcome {
  const [, reason] = state.split('/')
  if (reason !== undefined) return { name: 'unavailable', reason: reason as UnavailableReason }
  return { name: state as RefusedName }
}
