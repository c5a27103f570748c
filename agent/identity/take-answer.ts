import { readCertificate } from '../../shared/certificate.ts'
import type { EnrolmentAnswer } from '../../shared/enrolment.ts'
import { signingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { type IdentityFiles, writeIdentityFiles } from './identity-folder.ts'
import type { SigningRequest } from './signing-request.ts'
import { providerFileText, type StoredIdentity } from './stored-identity.ts'

/**
 * Makes what the provider has answered the identity in the folder.
 * @param issuer the provider's
 * @param by the key that the certificate must be for: a new one, or that of the present identity
 * @throws Fault `forgedMessage` if it is for another key, `settings` if it cannot be written
 */
export async function takeAnswer(
  folder: string,
  issuer: string,
  answer: EnrolmentAnswer,
  by: SigningRequest | StoredIdentity,
): Promise<StoredIdentity> {
  const [certificate, providerKeys] = await Promise.all([
    readCertificate(answer.certificate),
    Promise.all(answer.providerKeys.map(verifyingKey)),
  ])
  const present = 'privatePem' in by ? undefined : by
  const key = 'privatePem' in by ? await signingKey(by.privatePem) : by.key
  if (certificate.publicKey !== key.publicKey) {
    throw new Fault('forgedMessage', 'the certificate that was answered is for another key')
  }
  const next: StoredIdentity = {
    key,
    certificate,
    certificatePem: answer.certificate,
    issuer,
    providerKeys,
  }
  const files = changes(present, next, answer)
  if ('privatePem' in by) files['identity.key'] = by.privatePem
  if (Object.keys(files).length > 0) await writeIdentityFiles(folder, files)
  return next
}

function changes(
  present: StoredIdentity | undefined,
  next: StoredIdentity,
  { providerKeys, redis }: EnrolmentAnswer,
): Partial<Record<keyof IdentityFiles, string>> {
  const before = present?.providerKeys.map(({ publicKey }) => publicKey).join()
  return {
    ...(present?.certificatePem !== next.certificatePem && {
      'certificate.pem': next.certificatePem,
    }),
    ...(before !== providerKeys.join() && {
      'provider.json': providerFileText(next.issuer, providerKeys),
    }),
    ...(redis?.password !== undefined && { 'redis.password': `${redis.password}\n` }),
    ...(present === undefined && redis?.ca !== undefined && { 'redis-ca.pem': redis.ca }),
  }
}
