import { stat } from 'node:fs/promises'
import { asFault } from '../../shared/fault.ts'
import type { Logger } from '../../shared/log.ts'
import { type BreakGlassAccount, readBreakGlassFile } from './accounts-file.ts'

/** The accounts for emergencies as their file has them now. */
export interface BreakGlassAccounts {
  find(name: string): Promise<BreakGlassAccount | undefined>
  findById(id: string): Promise<BreakGlassAccount | undefined>
  /** Those of the last look at the file. */
  count(): number
}

/**
 * Reads the file, and anew with each question if it has changed. One that has become bad or has
 * gone changes nothing but the log: an emergency is no time to be strict about a file.
 * @throws SettingsFault if it is bad to begin with
 */
export async function openBreakGlassAccounts(
  file: string,
  log: Logger,
): Promise<BreakGlassAccounts> {
  let seen = await stampOf(file)
  let { accounts } = await readBreakGlassFile(file)
  let reading: Promise<void> | undefined

  async function readAnew(): Promise<void> {
    try {
      const read = await readBreakGlassFile(file)
      accounts = read.accounts
      log.warn({ file, accounts: accounts.length }, 'break-glass accounts read anew')
    } catch (thrown) {
      const { code: faultCode, message: detail } = asFault(thrown)
      log.error(
        { file, faultCode, detail },
        'break-glass accounts are bad; the last good ones stay',
      )
    }
  }

  async function current(): Promise<readonly BreakGlassAccount[]> {
    const stamp = await stampOf(file)
    if (stamp !== seen) {
      seen = stamp
      reading = readAnew()
    }
    await reading
    return accounts
  }

  return {
    find: async (name) => (await current()).find((account) => account.name === name),
    findById: async (id) => (await current()).find((account) => account.id === id),
    count: () => accounts.length,
  }
}

/** Changes whenever the file does, be it written to or replaced. */
async function stampOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found ? `${found.ino}:${found.size}:${found.mtimeNs}:${found.mode}` : 'none'
}
