import { resolve } from 'node:path'
import { readCertificate } from '../../shared/settings/certificate-file.ts'
import { readSecretFile } from '../../shared/settings/secret-file.ts'
import type { LdapConnectionSettings } from './ldap-connection-settings.ts'

/**
 * Makes file names absolute, and reads the files once, so that a wrong name is known at the start
 * and not at the first sign-in.
 * @param folder what relative file names are relative to
 * @throws Fault `settings` if a file cannot be read or `caFile` is no certificate
 */
export async function readFiles<T extends LdapConnectionSettings>(
  settings: T,
  folder: string,
): Promise<T> {
  const { caFile, bindPasswordFile } = settings
  const absolute = {
    ...settings,
    bindPasswordFile: resolve(folder, bindPasswordFile),
    ...(caFile !== undefined && { caFile: resolve(folder, caFile) }),
  }
  await readSecretFile(absolute.bindPasswordFile)
  if (absolute.caFile !== undefined) await readCertificate(absolute.caFile)
  return absolute
}
