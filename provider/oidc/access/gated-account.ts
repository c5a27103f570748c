import type { FindAccount } from 'oidc-provider'
import type { AccessGate } from './access-gate.ts'
import type { AccessRisk } from './access-risk.ts'

/**
 * The library looks a person up before it issues tokens about them, with what it issues them for.
 * That is before a refresh token is used up, so whoever is not let in now still has it later.
 */
export function gatedAccount(
  find: FindAccount,
  gate: Pick<AccessGate, 'tokens'>,
  risk: Pick<AccessRisk, 'arrive' | 'renew'>,
): FindAccount {
  return async (ctx, sub, source) => {
    const account = await find(ctx, sub, source)
    if (account && !source) await risk.arrive(ctx, account)
    if (account && source?.kind === 'RefreshToken') await risk.renew(ctx, account)
    if (account && source) await gate.tokens(ctx, account, source)
    return account
  }
}
