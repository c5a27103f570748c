import { createSigningRequest, type SigningRequest } from '../../agent/identity/signing-request.ts'
import type { StoredIdentity } from '../../agent/identity/stored-identity.ts'
import type { Authority } from '../../provider/agents/authority.ts'
import { memoryAuthority } from '../../provider/agents/memory-authority.ts'
import { readCertificate } from '../../shared/certificate.ts'
import type { Clock } from '../../shared/clock.ts'
import type { EnrolmentAnswer } from '../../shared/enrolment.ts'
import { fingerprintOf } from '../../shared/enrolment.ts'
import {
  createIdentity,
  type SigningKey,
  signingKey,
  verifyingKey,
} from '../../shared/envelope-keys.ts'

/** A provider's keys, and what it would answer an agent of its own; nothing listens. */
export interface AnsweringProvider {
  readonly channelKey: SigningKey
  readonly authority: Authority
  /** An identity as it lies in the folder of an agent. */
  enrol(realms: readonly string[]): Promise<{ stored: StoredIdentity; request: SigningRequest }>
  answer(
    stored: StoredIdentity,
    how: Partial<Pick<EnrolmentAnswer, 'state' | 'realms' | 'certificate' | 'nonce'>>,
  ): EnrolmentAnswer
  certify(publicKey: string, realms: readonly string[]): Promise<string>
}

export const issuer = 'https://id.example'
const enrolment = 'e'.repeat(32)
const agent = 'corp-1'

export async function createAnsweringProvider(clock: Clock): Promise<AnsweringProvider> {
  const { authority } = await memoryAuthority(clock)
  const channelKey = await signingKey((await createIdentity()).privatePem)
  const approvedUntil = clock.now() + 90 * 86_400_000
  const certify = (publicKey: string, realms: readonly string[]) =>
    authority.issue({ name: agent, enrolment, realms, approvedUntil, publicKey })
  return {
    channelKey,
    authority,
    certify,
    enrol: async (realms) => {
      const request = await createSigningRequest()
      const certificatePem = await certify(request.publicKey, realms)
      const stored: StoredIdentity = {
        key: await signingKey(request.privatePem),
        certificate: await readCertificate(certificatePem),
        certificatePem,
        issuer,
        providerKeys: [await verifyingKey(channelKey.publicKey)],
      }
      return { stored, request }
    },
    answer: (stored, how) => ({
      v: 1,
      agent,
      enrolment,
      state: 'approved',
      realms: ['corp'],
      fingerprint: fingerprintOf(stored.key.publicKey),
      certificate: stored.certificatePem,
      providerKeys: [channelKey.publicKey],
      serverTime: clock.now(),
      ...how,
    }),
  }
}
