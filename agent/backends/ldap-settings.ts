import { isIP } from 'node:net'
import { z } from 'zod'
import { type CrossProblem, withCrossChecks } from '../../shared/settings/cross-check.ts'
import { fileName } from '../../shared/settings/fields.ts'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** An LDAP directory (RFC 4511): a service account finds people, who are then bound by their DN. */
export interface LdapBackendSettings {
  readonly type: 'ldap'
  readonly urls: readonly string[]
  readonly startTls: boolean
  readonly insecure: boolean
  readonly caFile?: string
  readonly bindDn: string
  readonly bindPasswordFile: string
  readonly baseDn: string
  readonly scope: 'sub' | 'one'
  readonly userFilter: string
  readonly idAttribute: string
  readonly claims: Readonly<Record<string, ClaimSource>>
  readonly connectTimeout: number
  readonly operationTimeout: number
  readonly coolDown: number
  readonly idleTimeout: number
  readonly searchConnections: number
  readonly bindConnections: number
}

/** Where a claim comes from, and what of it is taken. */
export interface ClaimSource {
  /** The first of these attributes that has a value is taken; none at all turns the claim off. */
  readonly from: readonly string[]
  /** `text`: its first value. `list`: all of them. `names`: of each DN, the value of its first RDN. */
  readonly as: 'text' | 'list' | 'names'
}

// RFC 4512 section 2.5: a name or OID, with options.
const attribute = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(;[A-Za-z0-9-]+)*$/, {
  error: 'must be an attribute name, such as mail',
})

const milliseconds = wholeNumber({ min: 1, max: 86_400_000 }, 'milliseconds')
const connections = wholeNumber({ min: 1, max: 1000 }, 'connections')

const claimSource: z.ZodType<ClaimSource> = z.strictObject({
  from: z
    .array(attribute)
    .describe('Attributes; the first that has a value is taken. An empty list drops the claim.'),
  as: z
    .enum(['text', 'list', 'names'])
    .default('text')
    .describe('text: the first value. list: all values. names: the common name in each DN.'),
})

const where = {
  urls: z
    .array(
      z.string().regex(/^ldaps?:\/\/(\[[\da-fA-F:.]+\]|[^\s/:@?#[\]]+)(:\d{1,5})?\/?$/, {
        error: 'must look like ldaps://dc1.corp.example or ldaps://dc1.corp.example:636',
      }),
    )
    .min(1)
    .describe('The servers, best first. One that fails is left alone for `coolDown`.'),
  startTls: z
    .boolean()
    .default(false)
    .describe('Encrypt ldap:// connections with StartTLS before anything is said on them.'),
  insecure: z
    .boolean()
    .default(false)
    .describe('Allow ldap:// without encryption, to a loopback address only.'),
  caFile: fileName
    .exactOptional()
    .describe(
      'PEM file of the authorities that the servers’ certificates come from, if not public.',
    ),
}

const who = {
  bindDn: z.string().min(3).describe('DN of the service account that searches for people.'),
  bindPasswordFile: fileName.describe(
    'File with its password and nothing else. Read for each new connection: it may change any time.',
  ),
  baseDn: z.string().min(3).describe('Where people are, such as ou=people,dc=corp,dc=example.'),
  scope: z
    .enum(['sub', 'one'])
    .default('sub')
    .describe('sub: anywhere below baseDn. one: directly below it.'),
  userFilter: z
    .string()
    .regex(/\{(localName|username)\}/, {
      error: 'must have {localName} or {username} in it, where the user name goes',
    })
    .default('(&(objectClass=inetOrgPerson)(|(uid={localName})(mail={username})))')
    .describe(
      'Finds one person. {username} is what was typed, {localName} the same without the suffix.',
    ),
  idAttribute: attribute
    .default('entryUUID')
    .describe(
      'The attribute that never changes and is never given to another; `sub` comes from it.',
    ),
  claims: z
    .record(z.string().min(1).max(64), claimSource)
    .default({})
    .describe('Claims by name, beside or in place of the usual ones.'),
}

const limits = {
  connectTimeout: milliseconds
    .default(2000)
    .describe('Milliseconds for connecting, encryption included.'),
  operationTimeout: milliseconds.default(5000).describe('Milliseconds for one search or one bind.'),
  coolDown: milliseconds
    .default(10_000)
    .describe('Milliseconds that a failed server, or a refused service account, is left alone.'),
  idleTimeout: milliseconds
    .default(600_000)
    .describe(
      'Milliseconds until an unused connection is closed. Active Directory does it after 15 minutes.',
    ),
  searchConnections: connections
    .default(8)
    .describe('Connections of the service account to one server, at most.'),
  bindConnections: connections
    .default(16)
    .describe(
      'Connections on which people are bound at one server, at most. One bind at a time each.',
    ),
}

const schema = z.strictObject({
  type: z.literal('ldap').describe('An LDAP directory, such as OpenLDAP.'),
  ...where,
  ...who,
  ...limits,
})

// The checks leave the schema what it was, an object that a union can tell by its type.
export const ldapBackendSettings: LdapSchema = withCrossChecks<LdapBackendSettings>(schema, [
  { of: ['urls', 'startTls', 'insecure'], problems: readableOnTheWire },
]) as LdapSchema

type LdapSchema = z.ZodType<LdapBackendSettings> & z.core.$ZodTypeDiscriminable

function readableOnTheWire(settings: LdapBackendSettings): CrossProblem[] {
  return settings.urls.flatMap((url, index) => {
    const message = objection(url, settings)
    return message === undefined ? [] : [{ path: ['urls', index], message }]
  })
}

function objection(url: string, { startTls, insecure }: LdapBackendSettings): string | undefined {
  if (url.startsWith('ldaps:')) {
    return startTls
      ? 'is encrypted already: use ldap:// with startTls, or drop startTls'
      : undefined
  }
  if (!url.startsWith('ldap:') || startTls || (insecure && isLoopback(url))) return undefined
  const way = 'would send every password readable through the network: use ldaps:// or startTls'
  return insecure ? `${way}; insecure is for loopback addresses alone` : way
}

function isLoopback(url: string): boolean {
  const host =
    URL.parse(url)
      ?.hostname.replace(/^\[|\]$/g, '')
      .toLowerCase() ?? ''
  if (host === 'localhost' || host === '::1') return true
  return isIP(host) === 4 && host.startsWith('127.')
}
