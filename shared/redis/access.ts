import { resolve } from 'node:path'
import type { RedisOptions } from 'ioredis'
import { Fault } from '../fault.ts'
import { readCertificate, readCertificateKey } from '../settings/certificate-file.ts'
import { environmentVariable } from '../settings/environment.ts'
import { readSecretFile } from '../settings/secret-file.ts'
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
  return { ...login, password: passwordFromEnvironment(passwordEnv) }
}

/** @throws Fault `settings` if the environment variable is not set */
export function passwordFromEnvironment(name: string): string {
  const password = environmentVariable(name)
  if (password !== undefined) return password
  throw new Fault('settings', `the environment variable ${name} (passwordEnv) is not set`)
}

async function readTls(settings: RedisSettings, folder: string): Promise<Tls> {
  const { caFile, certFile, keyFile } = settings
  const [ca, cert, key] = await Promise.all([
    caFile === undefined ? undefined : readCertificate(resolve(folder, caFile)),
    certFile === undefined ? undefined : readCertificate(resolve(folder, certFile)),
    keyFile === undefined ? undefined : readCertificateKey(resolve(folder, keyFile)),
  ])
  return { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
}
