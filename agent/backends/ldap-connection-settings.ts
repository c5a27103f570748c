import { z } from 'zod'
import { isLoopbackHost } from '../../shared/loopback-host.ts'
import type { CrossProblem } from '../../shared/settings/cross-check.ts'
import { fileName } from '../../shared/settings/fields.ts'
import { wholeNumber } from '../../shared/settings/whole-number.ts'

/** How an agent connects to the servers of a directory, and as whom. */
export interface LdapConnectionSettings {
  readonly startTls: boolean
  readonly insecure: boolean
  readonly caFile?: string
  readonly bindDn: string
  readonly bindPasswordFile: string
  readonly changePasswords: boolean
  readonly connectTimeout: number
  readonly operationTimeout: number
  readonly coolDown: number
  readonly idleTimeout: number
  readonly searchConnections: number
  readonly bindConnections: number
}

const milliseconds = wholeNumber({ min: 1, max: 86_400_000 }, 'milliseconds')
const connections = wholeNumber({ min: 1, max: 1000 }, 'connections')

/** The servers of a directory, as settings name them. */
export const serverUrls: z.ZodType<readonly string[]> = z
  .array(
    z.string().regex(/^ldaps?:\/\/(\[[\da-fA-F:.]+\]|[^\s/:@?#[\]]+)(:\d{1,5})?\/?$/, {
      error: 'must look like ldaps://dc1.corp.example or ldaps://dc1.corp.example:636',
    }),
  )
  .min(1)
  .describe('The servers, best first. One that fails is left alone for `coolDown`.')

/** What every kind of LDAP directory has in its settings. */
export const connectionFields: ConnectionFields = {
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
  bindDn: z.string().min(3).describe('DN of the service account that searches for people.'),
  bindPasswordFile: fileName.describe(
    'File with its password and nothing else. Read for each new connection: it may change any time.',
  ),
  // Off: whoever lets people change passwords here decides so.
  changePasswords: z
    .boolean()
    .default(false)
    .describe(
      'People may change their passwords: on the sign-in page where that has expired or must be ' +
        'changed, and at /account/password.',
    ),
  connectTimeout: milliseconds
    .default(2000)
    .describe('Milliseconds for connecting, encryption included.'),
  operationTimeout: milliseconds.default(5000).describe('Milliseconds for one search or one bind.'),
  coolDown: milliseconds
    .default(10_000)
    .describe('Milliseconds that a failed server, or a refused service account, is left alone.'),
  idleTimeout: milliseconds
    .default(480_000)
    .describe(
      'Milliseconds until an unused connection is closed, at most an eighth more. Ten minutes are ' +
        'where firewalls begin to forget them; Active Directory closes them after 15.',
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

// A file that need not be named keeps its kind: an object is told by it which fields may be missing.
type ConnectionFields = {
  [Name in Exclude<keyof LdapConnectionSettings, 'caFile'>]: z.ZodType<LdapConnectionSettings[Name]>
} & { caFile: z.ZodExactOptional<typeof fileName> }

/** Addresses on which passwords would be readable on the way. */
export function readableOnTheWire(
  settings: Pick<LdapConnectionSettings, 'startTls' | 'insecure'> & {
    readonly urls?: readonly string[]
  },
): CrossProblem[] {
  return (settings.urls ?? []).flatMap((url, index) => {
    const message = objection(url, settings)
    return message === undefined ? [] : [{ path: ['urls', index], message }]
  })
}

type Encryption = Pick<LdapConnectionSettings, 'startTls' | 'insecure'>

function objection(url: string, { startTls, insecure }: Encryption): string | undefined {
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
  return isLoopbackHost(URL.parse(url)?.hostname ?? '')
}
