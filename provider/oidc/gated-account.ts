import type { FindAccount } from 'oidc-provider'
import type { AccessGate } from './access-gate.ts'

/**
 * The library looks a person up before it issues tokens about them, with what it issues them for.
 * That is before a refresh token is used up, so whoever is not let in now still has it later.
 */
export function gatedAccount(find: FindAccount, gate: Pick<AccessGate, 'tokens'>): FindAccount {
  return async (ctx, sub, source) => {
    const account = await find(ctx, sub, source)
    if (account && source) await gate.tokens(ctx, account, source)
    return account
  }
}
