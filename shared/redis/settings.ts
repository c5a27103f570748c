import { z } from 'zod'
import { type CrossCheck, type CrossProblem, withCrossChecks } from '../settings/cross-check.ts'

/**
 * How a settings file says which Redis to use: one server, a master that Sentinels know, or a
 * cluster. Secrets stand in files or the environment, never in the settings themselves.
 */
export interface RedisSettings extends SecretSource {
  /** `redis://host:6379`, or `rediss://` for TLS; a path is the number of the database. */
  readonly url?: string
  readonly sentinel?: RedisSentinelSettings
  /** Addresses of some nodes; the others are found through them. */
  readonly cluster?: readonly string[]
  /** PEM files, relative to the settings file. */
  readonly caFile?: string
  readonly certFile?: string
  readonly keyFile?: string
  /** What every key and stream begins with. */
  readonly keyPrefix: string
}

/** Where a Redis is, for somebody who is told the rest in another way. */
export type RedisPlace = Pick<RedisSettings, 'url' | 'sentinel' | 'cluster' | 'caFile'>

export interface RedisSentinelSettings extends SecretSource {
  /** Of the master, as the Sentinels call it. */
  readonly name: string
  /** Addresses of the Sentinels. */
  readonly hosts: readonly string[]
}

export interface SecretSource {
  readonly username?: string
  readonly passwordFile?: string
  /** Name of the environment variable that holds the password. */
  readonly passwordEnv?: string
}

const text = z.string().min(1)

const secretSource = {
  username: text.exactOptional().describe('The ACL user; without it the default user is meant.'),
  passwordFile: text.exactOptional().describe('File that holds the password and nothing else.'),
  passwordEnv: text
    .exactOptional()
    .describe('Name of the environment variable that holds the password.'),
}

const node = z.string().superRefine((address, context) => {
  const message = whyNotAddress(address, /^\/?$/)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const url = z.string().superRefine((address, context) => {
  const message = whyNotAddress(address, /^\/?\d*$/)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

const sentinel: z.ZodType<RedisSentinelSettings> = withCrossChecks(
  z.strictObject({
    name: text.describe('The name of the master, as the Sentinels know it.'),
    hosts: z.array(node).min(1).describe('The Sentinels, as in redis://sentinel-1:26379.'),
    ...secretSource,
  }),
  [passwordOnce(), oneScheme('hosts', ({ hosts }) => hosts)],
)

const fields = z.strictObject({
  url: url
    .exactOptional()
    .describe('One server, as in redis://localhost:6379/0; rediss:// connects over TLS.'),
  sentinel: sentinel
    .exactOptional()
    .describe(
      'A master that moves; give this in place of url. Its user and password are for ' +
        'the Sentinels, those beside it for Redis itself.',
    ),
  cluster: z
    .array(node)
    .min(1)
    .exactOptional()
    .describe('Some nodes of a Redis Cluster, as in redis://node-1:6379; in place of url.'),
  ...secretSource,
  caFile: text.exactOptional().describe('PEM file of the authorities to trust for rediss://.'),
  certFile: text.exactOptional().describe('PEM file of the certificate that Redis asks us for.'),
  keyFile: text.exactOptional().describe('PEM file of the private key of certFile.'),
  keyPrefix: z
    .string()
    .min(1)
    .max(64)
    .regex(/^[\x21-\x7e]*$/, 'must have no spaces and no letters beyond ASCII')
    .default('postern:')
    .describe('What every key begins with; the same for the provider and its agents.'),
})

export const redisSettings: z.ZodType<RedisSettings> = withCrossChecks<RedisSettings>(fields, [
  { of: ['url', 'sentinel', 'cluster'], problems: oneKind },
  passwordOnce(),
  oneScheme('cluster', ({ cluster }) => cluster ?? []),
  { of: ['url', 'sentinel', 'cluster'], problems: tlsFiles },
])

export const redisPlace: z.ZodType<RedisPlace> = withCrossChecks<RedisPlace>(
  fields.pick({ url: true, sentinel: true, cluster: true, caFile: true }),
  [
    { of: ['url', 'sentinel', 'cluster'], problems: oneKind },
    oneScheme('cluster', ({ cluster }) => cluster ?? []),
    { of: ['url', 'sentinel', 'cluster'], problems: tlsFiles },
  ],
)

/** Whether connections are made over TLS. */
export function usesTls({ url: address, sentinel: watched, cluster }: RedisPlace): boolean {
  const [first = ''] = address === undefined ? (watched?.hosts ?? cluster ?? []) : [address]
  return first.startsWith('rediss:')
}

function whyNotAddress(address: string, path: RegExp): string | undefined {
  const parsed = URL.parse(address)
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || parsed.hostname === '') {
    return 'must be an address, as in redis://localhost:6379'
  }
  if (parsed.username !== '' || parsed.password !== '') {
    return 'must have no user name or password in it; use username and passwordFile'
  }
  if (parsed.search !== '' || parsed.hash !== '') return 'must have no ? and no #'
  return path.test(parsed.pathname) ? undefined : 'must end after the port'
}

function oneKind(settings: RedisPlace): CrossProblem[] {
  const given = (['url', 'sentinel', 'cluster'] as const).filter((kind) => settings[kind])
  if (given.length === 1) return []
  const message = 'needs one of url, sentinel and cluster'
  return given.length === 0
    ? [{ path: [], message }]
    : given.slice(1).map((kind) => ({ path: [kind], message: `is one too many: ${message}` }))
}

function passwordOnce<T extends SecretSource>(): CrossCheck<T> {
  return {
    of: ['passwordFile', 'passwordEnv'],
    problems: ({ passwordFile, passwordEnv }) => {
      if (passwordFile === undefined || passwordEnv === undefined) return []
      return [{ path: ['passwordEnv'], message: 'is one too many beside passwordFile' }]
    },
  }
}

function oneScheme<T>(
  list: keyof T & string,
  of: (settings: T) => readonly string[],
): CrossCheck<T> {
  const problems = (settings: T) => {
    const addresses = of(settings)
    const odd = addresses.findIndex((address) => schemeOf(address) !== schemeOf(addresses[0]))
    if (odd < 0) return []
    return [{ path: [list, odd], message: 'must begin as the first one does' }]
  }
  return { of: [list], problems }
}

function schemeOf(address: string | undefined): string | undefined {
  return address?.split(':')[0]
}

function tlsFiles(
  settings: RedisPlace & Pick<RedisSettings, 'certFile' | 'keyFile'>,
): CrossProblem[] {
  const { certFile, keyFile } = settings
  const problems: CrossProblem[] = []
  if (certFile !== undefined && keyFile === undefined) {
    problems.push({ path: ['certFile'], message: 'needs keyFile beside it' })
  }
  if (keyFile !== undefined && certFile === undefined) {
    problems.push({ path: ['keyFile'], message: 'needs certFile beside it' })
  }
  // Whoever names an authority takes the connection for encrypted.
  const unused = (['caFile', 'certFile', 'keyFile'] as const).filter((file) => settings[file])
  if (usesTls(settings) || oneKind(settings).length > 0) return problems
  const message = 'is used over TLS only; begin the address with rediss://'
  return [...problems, ...unused.map((file) => ({ path: [file], message }))]
}
