import { z } from 'zod'
import { type CrossProblem, withCrossChecks } from '../../shared/settings/cross-check.ts'
import { type GroupChoice, groupChoice } from './group-choice.ts'
import {
  connectionFields,
  type LdapConnectionSettings,
  readableOnTheWire,
  serverUrls,
} from './ldap-connection-settings.ts'
import { attribute, type ClaimSource, claimSources } from './ldap-settings.ts'

/** One domain of Active Directory. */
export interface ActiveDirectoryBackendSettings extends LdapConnectionSettings {
  readonly type: 'active-directory'
  readonly domain: string
  readonly netbiosName?: string
  /** One of these two. */
  readonly urls?: readonly string[]
  readonly discover?: DiscoverySettings
  readonly baseDn?: string
  readonly signInNames: readonly string[]
  readonly groups: GroupSettings
  readonly claims: Readonly<Record<string, ClaimSource>>
}

/** How domain controllers are found in DNS. */
export interface DiscoverySettings {
  readonly site?: string
  readonly dnsServers: readonly string[]
}

/** Which of a person's groups leave the building, and under which name. */
export interface GroupSettings extends GroupChoice {
  readonly from: 'tokenGroups' | 'chain' | 'memberOf' | 'none'
  readonly as: 'names' | 'sids'
}

const discover: z.ZodType<DiscoverySettings> = z.strictObject({
  site: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,63}$/, 'must be the name of a site, such as Berlin')
    .exactOptional()
    .describe('The site whose domain controllers are near; they are asked first.'),
  dnsServers: z
    .array(z.string())
    .default([])
    .describe(
      'DNS servers that know the domain, such as 10.0.0.1 or 10.0.0.1:53, if this machine’s own do not.',
    ),
})

const groups: z.ZodType<GroupSettings> = z
  .strictObject({
    from: z
      .enum(['tokenGroups', 'chain', 'memberOf', 'none'])
      .default('tokenGroups')
      .describe(
        'tokenGroups: as Windows counts them, nested ones and the primary group included. chain: nested ' +
          'ones by the rule 1.2.840.113556.1.4.1941, without the primary group. memberOf: direct ones alone.',
      ),
    as: z
      .enum(['names', 'sids'])
      .default('names')
      .describe('names: their sAMAccountName. sids: as in S-1-5-21-…, which survive renaming.'),
    ...groupChoice,
  })
  .prefault({})
  .describe('Which groups of a person become the claim `groups`.')

const schema = z.strictObject({
  type: z.literal('active-directory').describe('A domain of Active Directory.'),
  domain: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)+$/, {
      error: 'must be the DNS name of the domain, such as corp.example',
    })
    .describe('The DNS name of the domain, such as corp.example.'),
  netbiosName: z
    .string()
    .regex(/^[^\\/:*?"<>|.@]{1,15}$/, 'must be the short name of the domain, such as CORP')
    .exactOptional()
    .describe('The short name of the domain, for people who type CORP\\alice.'),
  urls: serverUrls.exactOptional(),
  discover: discover
    .exactOptional()
    .describe('Find the domain controllers in DNS, in place of urls.'),
  baseDn: z
    .string()
    .min(3)
    .exactOptional()
    .describe('Where people are; the whole domain unless given.'),
  signInNames: z
    .array(attribute)
    .min(1)
    .default(['userPrincipalName', 'downLevelName', 'sAMAccountName'])
    .describe(
      'What people may type, in the order of trust: userPrincipalName, downLevelName (CORP\\alice), ' +
        'sAMAccountName (alice, with or without the realm’s suffix), or any other attribute, such as mail.',
    ),
  groups,
  claims: claimSources,
  ...connectionFields,
})

export const activeDirectoryBackendSettings: ActiveDirectorySchema =
  withCrossChecks<ActiveDirectoryBackendSettings>(schema, [
    { of: ['urls', 'startTls', 'insecure'], problems: readableOnTheWire },
    { of: ['urls', 'discover'], problems: oneWayToServers },
    { of: ['signInNames', 'netbiosName'], problems: downLevelNeedsDomain },
  ]) as ActiveDirectorySchema

type ActiveDirectorySchema = z.ZodType<ActiveDirectoryBackendSettings> &
  z.core.$ZodTypeDiscriminable

function oneWayToServers({
  urls,
  discover: found,
}: ActiveDirectoryBackendSettings): CrossProblem[] {
  if ((urls === undefined) !== (found === undefined)) return []
  const message = 'needs one of urls and discover'
  return urls === undefined
    ? [{ path: [], message }]
    : [{ path: ['discover'], message: `is one too many: ${message}` }]
}

// In the default list it is harmless; whoever names it wants it to work.
function downLevelNeedsDomain(settings: ActiveDirectoryBackendSettings): CrossProblem[] {
  const [first, ...more] = settings.signInNames
  if (first !== 'downLevelName' || more.length > 0 || settings.netbiosName !== undefined) return []
  return [{ path: ['signInNames'], message: 'lets nobody in: downLevelName needs netbiosName' }]
}
