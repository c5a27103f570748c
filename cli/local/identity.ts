import type { Identity } from '../../agent/identity/identity.ts'
import { writeIdentityFiles } from '../../agent/identity/identity-folder.ts'
import { providerFileText } from '../../agent/identity/stored-identity.ts'
import type { AuthorityFolder } from '../../provider/agents/authority-folder.ts'
import { systemClock } from '../../shared/clock.ts'
import {
  createIdentity,
  type SigningKey,
  signingKey,
  verifyingKey,
} from '../../shared/envelope-keys.ts'
import { localAgentName, localRealm } from './settings.ts'

/**
 * Who the agent of local mode is. The provider is on the same machine and made by the same command,
 * so nobody has to compare fingerprints: the authority certifies it at once.
 */
export interface LocalIdentity {
  /** For an agent in this process; it is certified again each day. */
  inMemory(): Promise<Identity & { stop(): void }>
  /** Writes the folder that an agent of its own finds it in, which renews it by itself. */
  write(folder: string, issuer: string): Promise<void>
}

const day = 86_400_000

/** @param channelKey of the provider */
export async function createLocalIdentity(
  { authority }: AuthorityFolder,
  channelKey: SigningKey,
): Promise<LocalIdentity> {
  const { privatePem, publicKey } = await createIdentity()
  const enrolment = systemClock.randomBytes(16).toString('hex')
  const certify = () => {
    const approvedUntil = systemClock.now() + 90 * day
    const who = { name: localAgentName, enrolment, realms: [localRealm], publicKey }
    return authority.issue({ ...who, approvedUntil })
  }

  return {
    inMemory: async () => {
      const key = await signingKey(privatePem)
      const providerKeys = [await verifyingKey(channelKey.publicKey)]
      let certificate = await certify()
      const renew = async (): Promise<void> => {
        certificate = await certify()
      }
      const timer = setInterval(() => void renew(), day)
      return {
        key: () => key,
        keyFor: () => key,
        certificate: () => certificate,
        providerKeys: () => providerKeys,
        stop: () => clearInterval(timer),
      }
    },
    write: async (folder, issuer) => {
      await writeIdentityFiles(folder, {
        'identity.key': privatePem,
        'certificate.pem': await certify(),
        'provider.json': providerFileText(issuer, [channelKey.publicKey]),
      })
    },
  }
}
