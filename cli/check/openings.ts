import { readBreakGlassFile } from '../../provider/break-glass/accounts-file.ts'
import { checkBreachFile } from '../../provider/passwords/breach-file.ts'
import { readOwnTerms } from '../../provider/passwords/own-terms.ts'
import { passwordFromEnvironment } from '../../shared/redis/access.ts'
import { readCertificate, readCertificateKey } from '../../shared/settings/certificate-file.ts'
import type { Finding } from '../../shared/settings/findings.ts'
import { readSecretFile } from '../../shared/settings/secret-file.ts'
import { resolveBeside } from '../../shared/settings.ts'
import { readDataKeys, readSigningKeys } from '../key-file.ts'

/** A setting that names something outside the settings file, and how its process opens that. */
export interface Opening {
  readonly path: Finding['path']
  readonly open: () => Promise<unknown>
  /** The file or folder that it names, with its whole path. */
  readonly target?: string
}

/**
 * One opening for every setting called `…File` and `passwordEnv`, at any depth: what several of
 * them name may be wrong at once, and each has a line of its own.
 * @param file the settings file, which relative names are relative to
 */
export function openingsIn(
  file: string,
  settings: unknown,
  path: Finding['path'] = [],
): readonly Opening[] {
  if (typeof settings !== 'object' || settings === null) return []
  return Object.entries(settings).flatMap(([name, value]: [string, unknown]) => {
    const here = [...path, Array.isArray(settings) ? Number(name) : name]
    if (typeof value !== 'string') return openingsIn(file, value, here)
    if (name === 'passwordEnv') {
      return [{ path: here, open: async () => passwordFromEnvironment(value) }]
    }
    if (!name.endsWith('File')) return []
    const read = readers[name] ?? readSecretFile
    const target = resolveBeside(file, value)
    return [{ path: here, open: () => read(target), target }]
  })
}

// All others hold a secret of no special form.
const readers: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  dataKeyFile: readDataKeys,
  channelKeyFile: readSigningKeys,
  issuerCaFile: readCertificate,
  caFile: readCertificate,
  certFile: readCertificate,
  keyFile: readCertificateKey,
  accountsFile: readBreakGlassFile,
  bannedTermsFile: readOwnTerms,
  // Of tens of gigabytes: not to be read.
  breachedFile: checkBreachFile,
}
