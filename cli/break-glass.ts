import { readBreakGlassFile } from '../provider/break-glass/accounts-file.ts'
import {
  createBreakGlassAccount,
  removeBreakGlassAccount,
} from '../provider/break-glass/edit-accounts.ts'
import { breakGlassRealm, breakGlassUserName } from '../provider/break-glass/realm.ts'
import { providerSettings } from '../provider/settings-schema.ts'
import { systemClock } from '../shared/clock.ts'
import { Fault } from '../shared/fault.ts'
import { partName } from '../shared/settings/fields.ts'
import { readSettings, resolveBeside } from '../shared/settings.ts'

/**
 * `postern break-glass`, on the file that the provider's settings name.
 * @throws Fault `settings` if the settings name none, or something is wrong with it
 */
export async function createAccount(
  config: string,
  { name, groups }: { readonly name: string; readonly groups: readonly string[] },
): Promise<{ readonly file: string; readonly userName: string; readonly passphrase: string }> {
  if (!partName.safeParse(name).success) {
    throw new Fault('settings', 'the name must be lower-case letters, digits and hyphens')
  }
  const file = await accountsFile(config)
  const { passphrase } = await createBreakGlassAccount(file, { name, groups }, systemClock)
  return { file, userName: breakGlassUserName(name), passphrase }
}

export interface ListedAccount {
  readonly name: string
  readonly userName: string
  readonly sub: string
  readonly createdAt: string
}

/** Nothing secret, not even hashes. */
export async function listAccounts(config: string): Promise<readonly ListedAccount[]> {
  const { accounts } = await readBreakGlassFile(await accountsFile(config))
  return accounts.map(({ name, id, createdAt }) => {
    return { name, userName: breakGlassUserName(name), sub: `${breakGlassRealm}:${id}`, createdAt }
  })
}

export async function removeAccount(
  config: string,
  name: string,
): Promise<{ readonly file: string }> {
  const file = await accountsFile(config)
  await removeBreakGlassAccount(file, name)
  return { file }
}

async function accountsFile(config: string): Promise<string> {
  const { breakGlass } = await readSettings(config, providerSettings)
  if (breakGlass !== undefined) return resolveBeside(config, breakGlass.accountsFile)
  throw new Fault(
    'settings',
    `${config}: names no file for them; add\nbreakGlass:\n  accountsFile: break-glass.yaml`,
  )
}
