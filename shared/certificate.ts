import type { X509Certificate } from '@peculiar/x509'
import { Fault } from './fault.ts'
import { partName } from './settings/fields.ts'
import { loadX509 } from './x509.ts'

/**
 * An agent's certificate (RFC 5280): who it is, for which enrolment, for which realms and until
 * when, vouched for by an authority of the provider's. It says all that is needed to trust an agent,
 * so that nothing in Redis has to be believed.
 */
export interface AgentCertificate {
  readonly name: string
  /** Random id of the enrolment that it comes from: what a revocation is about. */
  readonly enrolment: string
  /** None while the agent waits for its approval. */
  readonly realms: readonly string[]
  /** Until when no renewal needs another approval; milliseconds since the epoch. */
  readonly approvedUntil?: number
  /** P-256, base64 SPKI. */
  readonly publicKey: string
  /** Milliseconds since the epoch. */
  readonly starts: number
  readonly ends: number
}

/** How realms and the end of the approval stand in the certificate, as URIs (RFC 8141). */
export const certificateUris = {
  realm: 'urn:postern:realm:',
  approvedUntil: 'urn:postern:approved-until:',
} as const

/** Attribute `serialNumber` of a name (X.520), which holds the enrolment. */
export const enrolmentAttribute = '2.5.4.5'

// Characters. A certificate for a hundred realms has half of that.
const longest = 16_384

/**
 * What a certificate says, whoever signed it.
 * @param text PEM, or base64 of the DER form
 * @throws Fault `badMessage` if it is no certificate of an agent
 */
export async function readCertificate(text: string): Promise<AgentCertificate> {
  return saidBy(await parse(text))
}

/**
 * What a certificate says, once one of the authorities has signed it.
 * @param authorities PEM, one each
 * @param now milliseconds; outside of its dates a certificate is refused
 * @throws Fault `badMessage` if it is no certificate of an agent, `forgedMessage` if it is not good
 */
export async function verifyCertificate(
  text: string,
  authorities: readonly string[],
  now: number,
): Promise<AgentCertificate> {
  const certificate = await parse(text)
  const said = saidBy(certificate)
  if (!(await isSignedByAny(certificate, authorities, now))) {
    throw new Fault('forgedMessage', `certificate of ${said.name}: no authority of ours signed it`)
  }
  if (now < said.starts || now >= said.ends) {
    throw new Fault('forgedMessage', `certificate of ${said.name}: not good at this time`)
  }
  return said
}

async function parse(text: string): Promise<X509Certificate> {
  if (text.length > longest) throw new Fault('badMessage', 'certificate: too long')
  const { X509Certificate: Certificate } = await loadX509()
  try {
    return new Certificate(text)
  } catch (cause) {
    throw new Fault('badMessage', 'certificate: cannot be read', { cause })
  }
}

async function isSignedByAny(
  certificate: X509Certificate,
  authorities: readonly string[],
  now: number,
): Promise<boolean> {
  const { X509Certificate: Certificate } = await loadX509()
  for (const pem of authorities) {
    const authority = new Certificate(pem)
    const isInDate = +authority.notBefore <= now && now < +authority.notAfter
    const isNamed = certificate.issuer === authority.subject
    if (!isInDate || !isNamed) continue
    const { publicKey } = authority
    const verified = certificate.verify({ publicKey, signatureOnly: true })
    if (await verified.catch(() => false)) return true
  }
  return false
}

function saidBy(certificate: X509Certificate): AgentCertificate {
  const [name, ...moreNames] = certificate.subjectName.getField('CN')
  const [enrolment, ...moreEnrolments] = certificate.subjectName.getField(enrolmentAttribute)
  const isOne = moreNames.length === 0 && moreEnrolments.length === 0
  // An authority's own certificate is signed by an authority, too.
  if (!isOne || !enrolment || !partName.safeParse(name).success || isAuthority(certificate)) {
    throw new Fault('badMessage', 'certificate: not that of an agent')
  }
  const uris = urisOf(certificate)
  const [until] = startingWith(uris, certificateUris.approvedUntil)
  return {
    name: name ?? '',
    enrolment,
    realms: startingWith(uris, certificateUris.realm),
    ...(until !== undefined && { approvedUntil: Number(until) }),
    publicKey: Buffer.from(certificate.publicKey.rawData).toString('base64'),
    starts: +certificate.notBefore,
    ends: +certificate.notAfter,
  }
}

// RFC 5280 section 4.2.1.9.
function isAuthority(certificate: X509Certificate): boolean {
  const extension = certificate.getExtension('2.5.29.19') as { ca?: boolean } | null
  return extension?.ca === true
}

// RFC 5280 section 4.2.1.6.
function urisOf(certificate: X509Certificate): string[] {
  const extension = certificate.getExtension('2.5.29.17') as {
    names?: { items: readonly { type: string; value: string }[] }
  } | null
  const names = extension?.names?.items ?? []
  return names.filter(({ type }) => type === 'url').map(({ value }) => value)
}

function startingWith(uris: readonly string[], prefix: string): string[] {
  return uris.filter((uri) => uri.startsWith(prefix)).map((uri) => uri.slice(prefix.length))
}
