import { type Opened, signES256, verifyES256 } from './envelope-jose.ts'
import type { SigningKey, VerifyingKey } from './envelope-keys.ts'
import { Fault } from './fault.ts'

/**
 * What a signature is for (`typ`, RFC 8725 section 3.11). Signed into the header, so that a
 * heartbeat can never be shown as a verdict though the same key made both.
 */
export type SignedType = 'postern-session' | 'postern-verdict' | 'postern-heartbeat'

/** @returns a compact JWS, ES256 */
export function sign(type: SignedType, payload: string, by: SigningKey): Promise<string> {
  return signES256(payload, { typ: type }, by.key)
}

/**
 * @returns the payload, once key, algorithm and type are the expected ones
 * @throws Fault `forgedMessage`
 */
export async function verify(type: SignedType, jws: string, by: VerifyingKey): Promise<string> {
  const { header, payload } = await checked(type, jws, by)
  const { typ, alg, ...others } = header
  // No header field but these two is ours; one that is critical would have to be understood.
  if (typ === type && alg === 'ES256' && Object.keys(others).length === 0) {
    return payload.toString('utf8')
  }
  throw new Fault('forgedMessage', `${type}: signed as something else`)
}

async function checked(type: SignedType, jws: string, by: VerifyingKey): Promise<Opened> {
  try {
    return await verifyES256(jws, by.key)
  } catch (cause) {
    throw new Fault('forgedMessage', `${type}: not signed by the expected key`, { cause })
  }
}
