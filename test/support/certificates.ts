import { webcrypto } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { systemClock } from '../../shared/clock.ts'
import { loadX509 } from '../../shared/x509.ts'

/** An authority of the test's own, whose certificates lie in a folder as PEM files. */
export interface TestAuthority {
  /** Name of the file with its own certificate. */
  readonly caFile: string
  /** Writes `NAME.pem` and `NAME.key`. */
  issue(name: string, options?: IssueOptions): Promise<void>
}

interface IssueOptions {
  /** Host names and addresses it is for; 127.0.0.1 unless given. */
  readonly hosts?: readonly string[]
  /** It ended an hour ago. */
  readonly expired?: boolean
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const hour = 3_600_000

/** @param name of the authority, and of its file */
export async function createTestAuthority(folder: string, name = 'ca'): Promise<TestAuthority> {
  const x509 = await loadX509()
  const write = (file: string, text: string) => writeFile(join(folder, file), text, { mode: 0o600 })
  const newKeys = () => webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const from = systemClock.now() - 48 * hour
  const until = systemClock.now() + 48 * hour
  const keys = await newKeys()
  const issuer = `CN=Test ${name}`
  const authority = await x509.X509CertificateGenerator.createSelfSigned({
    keys,
    name: issuer,
    notBefore: new Date(from),
    notAfter: new Date(until),
    signingAlgorithm: algorithm,
    extensions: [new x509.BasicConstraintsExtension(true, 0, true)],
  })
  await write(`${name}.pem`, authority.toString('pem'))

  return {
    caFile: `${name}.pem`,
    issue: async (subject, { hosts = ['127.0.0.1'], expired = false } = {}) => {
      const own = await newKeys()
      const names = hosts.map((host) => {
        return { type: isIP(host) === 0 ? ('dns' as const) : ('ip' as const), value: host }
      })
      const certificate = await x509.X509CertificateGenerator.create({
        publicKey: own.publicKey,
        signingKey: keys.privateKey,
        subject: `CN=${subject}`,
        issuer,
        notBefore: new Date(from),
        notAfter: new Date(expired ? systemClock.now() - hour : until),
        signingAlgorithm: algorithm,
        extensions: [new x509.SubjectAlternativeNameExtension(names)],
      })
      const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', own.privateKey))
      await write(`${subject}.pem`, certificate.toString('pem'))
      await write(
        `${subject}.key`,
        `-----BEGIN PRIVATE KEY-----\n${pkcs8.toString('base64')}\n-----END PRIVATE KEY-----\n`,
      )
    },
  }
}
