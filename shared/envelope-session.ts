import { statedHeader } from './envelope.ts'
import { decrypt, encrypt, joseKey } from './envelope-jose.ts'
import type { PrekeyPair, SigningKey, VerifyingKey } from './envelope-keys.ts'
import { sign, verifyByAny } from './envelope-signature.ts'
import { Fault } from './fault.ts'
import { decodeSessionGrant, type Prekey, type SessionGrant } from './wire.ts'

/**
 * How a session key reaches an agent: sealed to the agent's prekey (JWE RSA-OAEP-256, RFC 7518
 * section 4.3) and signed by the provider over the ciphertext. Without the signature anyone who
 * saw the prekey could hand the agent a key of their own and have passwords tried.
 */
export async function sealSession(
  grant: SessionGrant,
  to: Prekey,
  by: SigningKey,
): Promise<string> {
  const header = { alg: 'RSA-OAEP-256', kid: to.kid }
  const jwe = await encrypt(Buffer.from(JSON.stringify(grant)), header, await joseKey(to))
  return sign('postern-session', jwe, by)
}

/**
 * @param prekeys those the agent still holds
 * @param by the provider's keys that the agent has pinned
 * @returns the grant, or `undefined` if it was sealed to a prekey that is gone: expected after a
 *   restart, and answered with `cannotDecrypt`
 * @throws Fault `forgedMessage` if the provider did not sign it, `badMessage` if it is not a grant
 */
export async function openSession(
  sealed: string,
  prekeys: readonly PrekeyPair[],
  by: readonly VerifyingKey[],
): Promise<SessionGrant | undefined> {
  const jwe = await verifyByAny('postern-session', sealed, by)
  const { kid } = statedHeader(jwe)
  const prekey = prekeys.find((pair) => pair.public.kid === kid)
  return prekey && decodeSessionGrant(await decrypted(jwe, prekey))
}

async function decrypted(jwe: string, prekey: PrekeyPair): Promise<string> {
  try {
    const opened = await decrypt(jwe, 'RSA-OAEP-256', prekey.private)
    return opened.payload.toString('utf8')
  } catch (cause) {
    throw new Fault('forgedMessage', 'the session grant does not open', { cause })
  }
}
