import type { Accounts } from './accounts.ts'

/**
 * Until when whatever was remembered of a person counts no more: they have another password since,
 * as far as the directory tells, or were signed out everywhere.
 * @returns milliseconds since the epoch; 0 if nothing of it is known
 */
export function endedAt(
  accounts: Pick<Accounts, 'ended' | 'find'>,
): (sub: string) => Promise<number> {
  return async (sub) => {
    const [{ since }, account] = await Promise.all([accounts.ended(sub), accounts.find(sub)])
    // That second has not been over, so what was remembered in it may have come before.
    const ended = since === 0 ? 0 : (since + 1) * 1000 - 1
    return Math.max(ended, account?.passwordChangedAt ?? 0)
  }
}
