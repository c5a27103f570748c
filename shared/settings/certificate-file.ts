import { createPrivateKey, X509Certificate } from 'node:crypto'
import { Fault } from '../fault.ts'
import { readPrivateFile, readSecretFile } from './secret-file.ts'

/**
 * Certificates and their keys, in PEM. Parsed for the sake of the message: TLS passes over an
 * authority that it cannot read, and then trusts nobody without saying why.
 */

/**
 * @returns the whole text: behind its first certificate a file may hold more
 * @throws Fault `settings` if it cannot be read or does not begin with a certificate
 */
export async function readCertificate(file: string): Promise<string> {
  const pem = await readSecretFile(file)
  mustParse(file, 'certificate', () => new X509Certificate(pem))
  return pem
}

/**
 * The private key of a certificate, without a passphrase.
 * @throws Fault `settings` if it cannot be read, is none, or others can read it
 */
export async function readCertificateKey(file: string): Promise<string> {
  const pem = await readPrivateFile(file)
  mustParse(file, 'private key', () => createPrivateKey(pem))
  return pem
}

function mustParse(file: string, what: string, parse: () => unknown): void {
  try {
    parse()
  } catch (cause) {
    throw new Fault('settings', `${file}: is not a PEM ${what}`, { cause })
  }
}
