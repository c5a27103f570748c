import { fixedIdentity, type Identity } from '../../agent/identity/identity.ts'
import { writeIdentityFiles } from '../../agent/identity/identity-folder.ts'
import { providerFileText } from '../../agent/identity/stored-identity.ts'
import { approvalLifetime } from '../../provider/agents/administration.ts'
import type { Authority } from '../../provider/agents/authority.ts'
import { newEnrolment } from '../../provider/agents/enrol.ts'
import { systemClock } from '../../shared/clock.ts'
import {
  createIdentity,
  type SigningKey,
  signingKey,
  verifyingKey,
} from '../../shared/envelope-keys.ts'

/**
 * An agent with a certificate that names its realms, as one has that was invited, enrolled and
 * approved. The provider makes its record from the certificate.
 */
export interface CertifiedAgent {
  readonly name: string
  readonly enrolment: string
  readonly key: SigningKey
  readonly privatePem: string
  /** PEM. */
  readonly certificate: string
  /** The same agent with another key, as after a renewal. */
  renewed(): Promise<CertifiedAgent>
  identity(channelKey: string): Promise<Identity>
  /** @param of the provider, and its public key */
  write(folder: string, of: { issuer: string; channelKey: string }): Promise<void>
}

export async function certify(
  authority: Authority,
  name: string,
  realms: readonly string[],
  enrolment: string = newEnrolment(systemClock),
): Promise<CertifiedAgent> {
  const { privatePem, publicKey } = await createIdentity()
  const approvedUntil = systemClock.now() + approvalLifetime
  const certificate = await authority.issue({ name, enrolment, realms, approvedUntil, publicKey })
  const key = await signingKey(privatePem)
  return {
    name,
    enrolment,
    key,
    privatePem,
    certificate,
    renewed: () => certify(authority, name, realms, enrolment),
    identity: async (channelKey) =>
      fixedIdentity({ key, certificate, providerKeys: [await verifyingKey(channelKey)] }),
    write: (folder, { issuer, channelKey }) =>
      writeIdentityFiles(folder, {
        'identity.key': privatePem,
        'certificate.pem': certificate,
        'provider.json': providerFileText(issuer, [channelKey]),
      }),
  }
}
