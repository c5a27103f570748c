import {
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  X509Certificate as NodeCertificate,
} from 'node:crypto'
import type { X509Certificate } from '@peculiar/x509'
import {
  type AgentCertificate,
  certificateUris,
  enrolmentAttribute,
  verifyCertificate,
} from '../../shared/certificate.ts'
import type { Clock } from '../../shared/clock.ts'
import { createIdentity, readPublicKey } from '../../shared/envelope-keys.ts'
import { Fault } from '../../shared/fault.ts'
import { loadX509 } from '../../shared/x509.ts'

/**
 * The authority that certifies agents: one key and certificate that sign, and older certificates
 * that are still believed while what they have signed is in use.
 */
export interface Authority {
  /** @returns PEM, signed by the newest */
  issue(wanted: WantedCertificate): Promise<string>
  /**
   * What an agent's certificate says.
   * @throws Fault `badMessage` or `forgedMessage` if it is not good now
   */
  verify(certificate: string): Promise<AgentCertificate>
}

export type WantedCertificate = Pick<
  AgentCertificate,
  'name' | 'enrolment' | 'realms' | 'approvedUntil' | 'publicKey'
>

/** Where its keys are. Read again for each certificate, so that a rotation needs no restart. */
export interface AuthorityFiles {
  read(): Promise<AuthorityKeys>
}

export interface AuthorityKeys {
  /** PKCS#8 PEM, P-256. */
  readonly privatePem: string
  /** PEM, newest first. That of the key is one of them. */
  readonly certificates: readonly string[]
}

/** Milliseconds. */
const day = 86_400_000
const certificateLifetime: number = 7 * day
const authorityLifetime = 10 * 365 * day

// Milliseconds by which a certificate begins in the past, for hosts whose clocks are behind.
const backdated = 5 * 60_000

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

export function createAuthority(parts: { files: AuthorityFiles; clock: Clock }): Authority {
  const { files, clock } = parts
  let trusted: Promise<readonly string[]> | undefined
  let readAt = Number.NEGATIVE_INFINITY

  function trustedNow(): Promise<readonly string[]> {
    const now = clock.now()
    if (trusted === undefined || now - readAt > readAgainAfter) {
      readAt = now
      trusted = files.read().then(({ certificates }) => stillTrusted(certificates, now))
    }
    return trusted
  }

  return {
    issue: async (wanted) => issue(await files.read(), wanted, clock.now()),
    verify: async (certificate) => verifyCertificate(certificate, await trustedNow(), clock.now()),
  }
}

// Milliseconds. Another process may have rotated the authority, and agents show what it has signed.
const readAgainAfter = 1_000

async function issue(
  { privatePem, certificates }: AuthorityKeys,
  { name, enrolment, realms, approvedUntil, publicKey }: WantedCertificate,
  now: number,
): Promise<string> {
  const x509 = await loadX509()
  const key = createPrivateKey(privatePem)
  const own = certificates.find((pem) => isOf(key, pem))
  if (own === undefined) throw new Fault('settings', "the authority's key has no certificate")
  const ends = Math.min(now + certificateLifetime, approvedUntil ?? Number.POSITIVE_INFINITY)
  const uris = [
    ...realms.map((realm) => certificateUris.realm + realm),
    ...(approvedUntil === undefined ? [] : [`${certificateUris.approvedUntil}${approvedUntil}`]),
  ]
  const names = uris.map((value) => ({ type: 'url', value }) as const)
  const certificate = await x509.X509CertificateGenerator.create({
    subject: [{ CN: [name] }, { [enrolmentAttribute]: [enrolment] }],
    issuer: new x509.X509Certificate(own).subjectName,
    notBefore: new Date(now - backdated),
    notAfter: new Date(ends),
    publicKey: readPublicKey(publicKey).toCryptoKey(algorithm, true, ['verify']),
    signingKey: forSigning(key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
    ],
  })
  return certificate.toString('pem')
}

/** @returns a new key with its certificate, and the certificates of the one that it follows */
export async function createAuthorityKeys(
  clock: Clock,
  before?: AuthorityKeys,
): Promise<AuthorityKeys> {
  const x509 = await loadX509()
  const now = clock.now()
  const { privatePem } = await createIdentity()
  const privateKey = createPrivateKey(privatePem)
  const id = clock.randomBytes(8).toString('hex')
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // No two have one name: it says which of them has signed.
    name: [{ CN: [`Postern agents ${id}`] }],
    notBefore: new Date(now - backdated),
    notAfter: new Date(now + authorityLifetime),
    keys: {
      privateKey: forSigning(privateKey),
      publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']),
    },
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  })
  const older = before === undefined ? [] : await stillTrusted(before.certificates, now)
  return { privatePem, certificates: [certificate.toString('pem'), ...older] }
}

/** Those that may have signed what is still good: an older one only so long after its successor. */
async function stillTrusted(certificates: readonly string[], now: number): Promise<string[]> {
  const { X509Certificate: Certificate } = await loadX509()
  const parsed = certificates.map((pem) => new Certificate(pem))
  return certificates.filter((_, index) => {
    const successor: X509Certificate | undefined = parsed[index - 1]
    return successor === undefined || now < +successor.notBefore + certificateLifetime + day
  })
}

/**
 * @param csr PKCS#10 in PEM (RFC 2986)
 * @returns the public key whose holder has signed the request; base64 SPKI
 * @throws Fault `badMessage` if nobody has, or it is not on the curve P-256
 */
export async function readSigningRequest(csr: string): Promise<string> {
  const { Pkcs10CertificateRequest } = await loadX509()
  try {
    const request = new Pkcs10CertificateRequest(csr)
    const publicKey = Buffer.from(request.publicKey.rawData).toString('base64')
    readPublicKey(publicKey)
    if (await request.verify()) return publicKey
  } catch (cause) {
    throw new Fault('badMessage', 'signing request: cannot be read', { cause })
  }
  throw new Fault('badMessage', 'signing request: not signed by its own key')
}

// While another key takes over, in one folder or on its way to other hosts, it may be any.
function isOf(key: KeyObject, pem: string): boolean {
  return new NodeCertificate(pem).checkPrivateKey(key)
}

function forSigning(key: KeyObject) {
  return key.toCryptoKey(algorithm, false, ['sign'])
}
