import { writeFile } from 'node:fs/promises'
import { stringify } from 'yaml'
import { type Clock, randomId } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import { nearest } from '../../shared/settings/nearest.ts'
import { replaceFile } from '../../shared/settings/replace-file.ts'
import { type BreakGlassAccount, type BreakGlassFile, readBreakGlassFile } from './accounts-file.ts'
import { createPassphrase, hashPassphrase } from './passphrase.ts'
import { breakGlassUserName } from './realm.ts'

/**
 * Makes an account, and the file if there is none.
 * @returns the passphrase, which nobody can ever see again
 * @throws Fault `settings` if the name is taken, or the file cannot be read or written
 */
export async function createBreakGlassAccount(
  file: string,
  { name, groups }: { name: string; groups: readonly string[] },
  clock: Clock,
): Promise<{ readonly account: BreakGlassAccount; readonly passphrase: string }> {
  const isNew = await writeFirst(file)
  const { accounts } = isNew ? { accounts: [] } : await readBreakGlassFile(file)
  if (accounts.some((one) => one.name === name)) {
    throw new Fault('settings', `${file}: there is an account ${name} already`)
  }
  const passphrase = createPassphrase(clock)
  const account: BreakGlassAccount = {
    name,
    id: randomId(clock),
    createdAt: new Date(clock.now()).toISOString(),
    passphraseHash: await hashPassphrase(passphrase),
    claims: {
      preferred_username: breakGlassUserName(name),
      name: `Emergency account ${name}`,
      ...(groups.length > 0 && { groups }),
    },
  }
  await write(file, { accounts: [...accounts, account] })
  return { account, passphrase }
}

/** @throws Fault `settings` if there is no such account, or the file cannot be read or written */
export async function removeBreakGlassAccount(file: string, name: string): Promise<void> {
  const { accounts } = await readBreakGlassFile(file)
  const others = accounts.filter((one) => one.name !== name)
  if (others.length === accounts.length) {
    const meant = nearest(
      name,
      accounts.map((one) => one.name),
    )
    const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
    throw new Fault('settings', `${file}: there is no account ${name}${hint}`)
  }
  await write(file, { accounts: others })
}

/** @returns false if there is a file */
async function writeFirst(file: string): Promise<boolean> {
  try {
    await writeFile(file, text({ accounts: [] }), { mode: 0o600, flag: 'wx' })
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false
    throw cannotWrite(file, thrown)
  }
}

async function write(file: string, content: BreakGlassFile): Promise<void> {
  await replaceFile(file, text(content)).catch((thrown: unknown) => {
    throw cannotWrite(file, thrown)
  })
}

function text(content: BreakGlassFile): string {
  const head = '# Accounts for emergencies, made by `postern break-glass`. Claims may be edited.\n'
  return head + stringify(content, { lineWidth: 0 })
}

function cannotWrite(file: string, cause: unknown): Fault {
  return new Fault('settings', `${file}: cannot be written (${codeOf(cause)})`, { cause })
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : 'unknown'
}
