import { createPrivateKey, createPublicKey } from 'node:crypto'
import { createIdentity } from '../../shared/envelope-keys.ts'
import { loadX509 } from '../../shared/x509.ts'

/** A new key, and the request to have it certified, which proves that its sender holds it. */
export interface SigningRequest {
  /** PKCS#8 PEM; it stays here. */
  readonly privatePem: string
  /** Base64 SPKI. */
  readonly publicKey: string
  /** PKCS#10 in PEM (RFC 2986). */
  readonly csr: string
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export async function createSigningRequest(): Promise<SigningRequest> {
  const { privatePem, publicKey } = await createIdentity()
  const { Pkcs10CertificateRequestGenerator } = await loadX509()
  const key = createPrivateKey(privatePem)
  const request = await Pkcs10CertificateRequestGenerator.create({
    // The provider decides on the name.
    name: 'CN=agent',
    keys: {
      privateKey: key.toCryptoKey(algorithm, true, ['sign']),
      publicKey: createPublicKey(key).toCryptoKey(algorithm, true, ['verify']),
    },
    signingAlgorithm: algorithm,
  })
  return { privatePem, publicKey, csr: request.toString('pem') }
}
