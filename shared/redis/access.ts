import { createPrivateKey, X509Certificate } from 'node:crypto'
import { resolve } from 'node:path'
import type { RedisOptions } from 'ioredis'
import { Fault } from '../fault.ts'
import { environmentVariable } from '../settings/environment.ts'
import { readPrivateFile, readSecretFile } from '../settings/secret-file.ts'
import { type RedisSettings, type SecretSource, usesTls } from './settings.ts'

/** What Redis is shown so that it lets us in, and what it has to show us; all files read. */
export interface Access {
  readonly login: Login
  /** For the Sentinels, which have users of their own. */
  readonly sentinelLogin: Login
  readonly tls?: Tls
}

type Login = Pick<RedisOptions, 'username' | 'password'>
type Tls = NonNullable<RedisOptions['tls']>

/**
 * @param folder what relative file names are relative to
 * @throws Fault `settings` if a file or an environment variable cannot be read
 */
export async function readAccess(settings: RedisSettings, folder: string): Promise<Access> {
  const [login, sentinelLogin, tls] = await Promise.all([
    readLogin(settings, folder),
    readLogin(settings.sentinel ?? {}, folder),
    usesTls(settings) ? readTls(settings, folder) : undefined,
  ])
  return { login, sentinelLogin, ...(tls && { tls }) }
}

async function readLogin(source: SecretSource, folder: string): Promise<Login> {
  const { username, passwordFile, passwordEnv } = source
  const login: Login = { ...(username !== undefined && { username }) }
  if (passwordFile !== undefined) {
    return { ...login, password: await readSecretFile(resolve(folder, passwordFile)) }
  }
  if (passwordEnv === undefined) return login
  const password = environmentVariable(passwordEnv)
  if (password !== undefined) return { ...login, password }
  throw new Fault('settings', `the environment variable ${passwordEnv} (passwordEnv) is not set`)
}

async function readTls(settings: RedisSettings, folder: string): Promise<Tls> {
  const { caFile, certFile, keyFile } = settings
  const [ca, cert, key] = await Promise.all([
    caFile === undefined ? undefined : readCertificate(resolve(folder, caFile)),
    certFile === undefined ? undefined : readCertificate(resolve(folder, certFile)),
    keyFile === undefined ? undefined : readKey(resolve(folder, keyFile)),
  ])
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}

// Parsed for the sake of the message: TLS passes over an authority that it cannot read, and then
// trusts nobody without saying why.
async function readCertificate(file: string): Promise<string> {
  const pem = await readSecretFile(file)
  mustParse(file, 'certificate', () => new X509Certificate(pem))
  return pem
}

async function readKey(file: string): Promise<string> {
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
