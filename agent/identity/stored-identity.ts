import { z } from 'zod'
import { type AgentCertificate, readCertificate } from '../../shared/certificate.ts'
import {
  readPublicKey,
  type SigningKey,
  signingKey,
  type VerifyingKey,
  verifyingKey,
} from '../../shared/envelope-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'
import { type IdentityFiles, readIdentityFiles } from './identity-folder.ts'

/** An identity as it lies on the disk, read and found to fit together. */
export interface StoredIdentity {
  readonly key: SigningKey
  readonly certificate: AgentCertificate
  /** PEM. */
  readonly certificatePem: string
  /** The provider that it is good for. */
  readonly issuer: string
  /** Its keys, newest first. */
  readonly providerKeys: readonly VerifyingKey[]
}

/** `provider.json` */
interface ProviderFile {
  readonly issuer: string
  readonly providerKeys: readonly string[]
}

const providerFile: z.ZodType<ProviderFile> = z.strictObject({
  issuer: z.string(),
  providerKeys: z.array(z.string()).min(1),
})

const decodeProviderFile: Decoder<ProviderFile> = decoder('provider.json', providerFile)

/** @throws Fault `settings` if there is none, or it is not whole */
export async function readIdentity(folder: string): Promise<StoredIdentity> {
  const read = await parse(folder, await readIdentityFiles(folder))
  if (fits(read)) return read
  // A renewal may have come between two files; it does not come twice in a row.
  const again = await parse(folder, await readIdentityFiles(folder))
  if (fits(again)) return again
  throw new Fault('settings', `${folder}: the certificate is not that of the key; ${enrolAgain}`)
}

const enrolAgain = 'enrol the agent again'

/** The same as files, from what the provider has answered. */
export function providerFileText(issuer: string, providerKeys: readonly string[]): string {
  return `${JSON.stringify({ issuer, providerKeys }, null, 2)}\n`
}

/** @throws Fault `settings` naming the file that is wrong */
async function parse(folder: string, files: IdentityFiles): Promise<StoredIdentity> {
  const about = async <T>(name: keyof IdentityFiles, read: () => T | Promise<T>): Promise<T> => {
    try {
      return await read()
    } catch (cause) {
      if (!(cause instanceof Fault)) throw cause
      throw new Fault('settings', `${folder}/${name}: ${cause.message}; ${enrolAgain}`, { cause })
    }
  }
  const certificatePem = files['certificate.pem']
  return {
    key: await about('identity.key', () => signingKey(files['identity.key'])),
    certificate: await about('certificate.pem', () => readCertificate(certificatePem)),
    certificatePem,
    ...(await about('provider.json', async () => {
      const { issuer, providerKeys } = decodeProviderFile(files['provider.json'])
      return { issuer, providerKeys: await Promise.all(providerKeys.map(verifyingKey)) }
    })),
  }
}

function fits({ key, certificate }: StoredIdentity): boolean {
  return readPublicKey(certificate.publicKey).equals(readPublicKey(key.publicKey))
}
