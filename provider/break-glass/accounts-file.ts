import { z } from 'zod'
import type { ClaimValue } from '../../shared/account.ts'
import { withCrossChecks } from '../../shared/settings/cross-check.ts'
import { partName } from '../../shared/settings/fields.ts'
import { SettingsFault } from '../../shared/settings/problem.ts'
import { entriesOf, repeats } from '../../shared/settings/repeats.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'
import { checkSettingsText } from '../../shared/settings.ts'

/** The file with the accounts for emergencies. */
export interface BreakGlassFile {
  readonly accounts: readonly BreakGlassAccount[]
}

export interface BreakGlassAccount {
  /** What stands before `@break-glass`. */
  readonly name: string
  /** Made with the account and never used again: a new one of the same name is somebody else. */
  readonly id: string
  /** ISO 8601, UTC. */
  readonly createdAt: string
  /** argon2id as a PHC string. */
  readonly passphraseHash: string
  readonly claims: Readonly<Record<string, ClaimValue>>
}

const claimValue: z.ZodType<ClaimValue> = z.union([
  z.string().max(4096),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1024)).max(5000),
])

const account: z.ZodType<BreakGlassAccount> = z.strictObject({
  name: partName.describe('What stands before @break-glass.'),
  id: z
    .string()
    .regex(/^[\w-]{16,64}$/, 'must be the one that was made with the account')
    .describe('A part of its `sub`.'),
  createdAt: z.iso.datetime('must be a time, as in 2026-11-21T12:00:00Z').describe('When.'),
  passphraseHash: z
    .string()
    .regex(/^\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{16,}$/, {
      error: 'must be an argon2id hash, as `postern break-glass create` writes it',
    })
    .describe('The passphrase, hashed with argon2id.'),
  claims: z
    .record(z.string().min(1).max(64), claimValue)
    .default({})
    .describe('What apps are told, by OpenID Connect names, and groups.'),
})

const schema: z.ZodType<BreakGlassFile> = z.strictObject({
  accounts: z.array(account).describe('The accounts.'),
})

const breakGlassFile: z.ZodType<BreakGlassFile> = withCrossChecks(
  schema,
  (['name', 'id'] as const).map((key) => ({
    of: ['accounts'],
    problems: ({ accounts }) =>
      repeats(entriesOf('accounts', accounts, key)).map(({ path }) => {
        return { path, message: 'belongs to an earlier account' }
      }),
  })),
)

/** @throws SettingsFault with every problem of the file, or if others than its owner can read it */
export async function readBreakGlassFile(file: string): Promise<BreakGlassFile> {
  const read = await readTextFile(file, { private: true })
  if ('problem' in read) {
    throw new SettingsFault([{ file, line: 0, column: 0, path: '', message: read.problem }])
  }
  const checked = checkSettingsText(file, read.text, breakGlassFile)
  if (checked.problems) throw new SettingsFault(checked.problems)
  return checked.value
}
