import { z } from 'zod'
import { withCrossChecks } from '../../shared/settings/cross-check.ts'
import {
  connectionFields,
  type LdapConnectionSettings,
  readableOnTheWire,
  serverUrls,
} from './ldap-connection-settings.ts'
import { ldapGroups } from './ldap-group-settings.ts'
import { idAttributeNeeded, type PresetSettings, presetName } from './ldap-presets.ts'

/** An LDAP directory (RFC 4511): a service account finds people, who are then bound by their DN. */
export interface LdapBackendSettings extends LdapConnectionSettings, PresetSettings {
  readonly type: 'ldap'
  readonly urls: readonly string[]
  readonly scope: 'sub' | 'one'
  readonly claims: Readonly<Record<string, ClaimSource>>
}

/** Where a claim comes from, and what of it is taken. */
export interface ClaimSource {
  /** The first of these attributes that has a value is taken; none at all turns the claim off. */
  readonly from: readonly string[]
  /** `text`: its first value. `list`: all of them. `names`: of each DN, the value of its first RDN. */
  readonly as: 'text' | 'list' | 'names'
}

/** An attribute's name or OID, with options (RFC 4512 section 2.5). */
export const attribute: z.ZodString = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]*(;[A-Za-z0-9-]+)*$/, {
    error: 'must be an attribute name, such as mail',
  })

/** How settings say where a claim comes from. */
const claimSource: z.ZodType<ClaimSource> = z.strictObject({
  from: z
    .array(attribute)
    .describe('Attributes; the first that has a value is taken. An empty list drops the claim.'),
  as: z
    .enum(['text', 'list', 'names'])
    .default('text')
    .describe('text: the first value. list: all values. names: the common name in each DN.'),
})

/** Claims of the admin's own. */
export const claimSources: z.ZodType<Readonly<Record<string, ClaimSource>>> = z
  .record(z.string().min(1).max(64), claimSource)
  .default({})
  .describe('Claims by name, beside or in place of the usual ones.')

const who = {
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
    .exactOptional()
    .describe(
      'Finds one person. {username} is what was typed, {localName} the same without the suffix. ' +
        'As the preset says unless given.',
    ),
  idAttribute: attribute
    .exactOptional()
    .describe(
      'The attribute that never changes and is never given to another; `sub` comes from it. ' +
        'As the preset says unless given.',
    ),
  groups: ldapGroups,
  claims: claimSources,
}

const schema = z.strictObject({
  type: z.literal('ldap').describe('An LDAP directory, such as OpenLDAP.'),
  preset: presetName,
  urls: serverUrls,
  ...connectionFields,
  ...who,
})

// The checks leave the schema what it was, an object that a union can tell by its type.
export const ldapBackendSettings: LdapSchema = withCrossChecks<LdapBackendSettings>(schema, [
  { of: ['urls', 'startTls', 'insecure'], problems: readableOnTheWire },
  { of: ['preset', 'idAttribute'], problems: idAttributeNeeded },
]) as LdapSchema

type LdapSchema = z.ZodType<LdapBackendSettings> & z.core.$ZodTypeDiscriminable
