import { type Opened, signES256, verifyES256 } from './envelope-compact.ts'
import type { SigningKey, VerifyingKey } from './envelope-keys.ts'
import { Fault } from './fault.ts'

/**
 * What a signature is for (`typ`, RFC 8725 section 3.11). Signed into the header, so that a
 * heartbeat can never be shown as a verdict though the same key made both.
 */
export type SignedType =
  | 'postern-session'
  | 'postern-verdict'
  | 'postern-heartbeat'
  | 'postern-renewal'
  | 'postern-enrolment-answer'
  | 'postern-revocation'
  | 'postern-provider'

/** @returns a compact JWS, ES256 */
export async function sign(type: SignedType, payload: string, by: SigningKey): Promise<string> {
  return signES256(payload, { typ: type }, by.key)
}

/**
 * @returns the payload, once key, algorithm and type are the expected ones
 * @throws Fault `forgedMessage`
 */
export async function verify(type: SignedType, jws: string, by: VerifyingKey): Promise<string> {
  const { header, payload } = checked(type, jws, by)
  const { typ, alg, ...others } = header
  // No header field but these two is ours; one that is critical would have to be understood.
  if (typ === type && alg === 'ES256' && Object.keys(others).length === 0) {
    return payload.toString('utf8')
  }
  throw new Fault('forgedMessage', `${type}: signed as something else`)
}

/**
 * The same where any of several keys may have signed, as while one takes over from another.
 * @throws Fault `forgedMessage` if none has
 */
export async function verifyByAny(
  type: SignedType,
  jws: string,
  keys: readonly VerifyingKey[],
): Promise<string> {
  for (const key of keys.slice(0, -1)) {
    try {
      return await verify(type, jws, key)
    } catch {
      // Another one may have; the last one's refusal is the answer.
    }
  }
  const last = keys.at(-1)
  if (last === undefined)
    throw new Fault('forgedMessage', `${type}: there is no key to check it by`)
  return verify(type, jws, last)
}

function checked(type: SignedType, jws: string, by: VerifyingKey): Opened {
  try {
    return verifyES256(jws, by.key)
  } catch (cause) {
    throw new Fault('forgedMessage', `${type}: not signed by the expected key`, { cause })
  }
}
