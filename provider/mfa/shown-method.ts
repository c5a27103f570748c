import type { FactorMethod } from './factor.ts'

/** `securityKey` is a passkey that asked for no finger, face or PIN. */
export type ShownMethod = (typeof shownMethods)[number]

export const shownMethods = [
  'password',
  'passkey',
  'securityKey',
  'totp',
  'recoveryCode',
  'temporaryAccessPass',
] as const

/** PURE. As what a proof counts. @param proof.amr RFC 8176 values of it alone */
export function shownMethod(proof: {
  readonly method: FactorMethod
  readonly amr: readonly string[]
}): ShownMethod {
  const isOneFactor = proof.method === 'passkey' && !proof.amr.includes('mfa')
  return isOneFactor ? 'securityKey' : proof.method
}
