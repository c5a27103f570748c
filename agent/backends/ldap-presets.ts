import { z } from 'zod'
import type { CrossProblem } from '../../shared/settings/cross-check.ts'
import type { LdapGroupSettings } from './ldap-group-settings.ts'

/** Kinds of LDAP servers, of which each has its own names for the same things. */
export type PresetName = 'openldap' | '389ds' | 'freeipa' | 'generic'

/** What a preset may fill in, and what it goes by. */
export interface PresetSettings {
  readonly preset: PresetName
  readonly baseDn: string
  readonly userFilter?: string
  readonly idAttribute?: string
  readonly groups: LdapGroupSettings
}

interface Preset {
  readonly userFilter: string
  /** None: there is no attribute that all servers have. */
  readonly idAttribute?: string
  readonly groups: { readonly from: 'memberOf' | 'member'; readonly nested: boolean }
}

const inetOrgPerson = '(&(objectClass=inetOrgPerson)(|(uid={localName})(mail={username})))'

export const presets: Readonly<Record<PresetName, Preset>> = {
  openldap: {
    userFilter: inetOrgPerson,
    idAttribute: 'entryUUID',
    // The overlay memberof names the direct ones.
    groups: { from: 'memberOf', nested: true },
  },
  '389ds': {
    userFilter: inetOrgPerson,
    idAttribute: 'nsUniqueId',
    // As delivered, its MemberOf plug-in is off, and nothing would tell that groups are missing.
    groups: { from: 'member', nested: true },
  },
  freeipa: {
    // Where entries are that look like people: in the compatibility tree, too, and that has no password.
    userFilter: '(&(objectClass=posixAccount)(|(uid={localName})(mail={username})))',
    idAttribute: 'ipaUniqueID',
    // Its MemberOf plug-in is always on, and names the nested ones as well.
    groups: { from: 'memberOf', nested: false },
  },
  generic: {
    userFilter: '(|(uid={localName})(mail={username}))',
    groups: { from: 'member', nested: true },
  },
}

export const presetName: z.ZodType<PresetName> = z
  .enum(['openldap', '389ds', 'freeipa', 'generic'])
  .default('openldap')
  .describe(
    'What the server is: OpenLDAP, 389 Directory Server, FreeIPA, or another. It gives userFilter, ' +
      'idAttribute and groups, as far as they are not given.',
  )

/** Settings with all that the preset gives. */
export interface FilledSettings extends PresetSettings {
  readonly userFilter: string
  readonly idAttribute: string
  readonly groups: LdapGroupSettings & Required<Pick<LdapGroupSettings, 'from' | 'nested'>>
}

export function withPreset<T extends PresetSettings>(settings: T): T & FilledSettings {
  const preset = presets[settings.preset]
  const baseDn = settings.preset === 'freeipa' ? freeipaGroups(settings.baseDn) : undefined
  return {
    ...settings,
    userFilter: settings.userFilter ?? preset.userFilter,
    // The settings' checks have seen that there is one.
    idAttribute: settings.idAttribute ?? preset.idAttribute ?? '',
    groups: { ...preset.groups, ...(baseDn !== undefined && { baseDn }), ...settings.groups },
  }
}

// There memberOf also names roles, privileges and rules of access, which are no groups.
function freeipaGroups(baseDn: string): string | undefined {
  const [accounts] = /(?<=^|,)\s*cn=accounts\s*,.*$/is.exec(baseDn) ?? []
  return accounts && `cn=groups,${accounts.trim()}`
}

export function idAttributeNeeded({ preset, idAttribute }: PresetSettings): CrossProblem[] {
  if (presets[preset].idAttribute !== undefined || idAttribute !== undefined) return []
  const message =
    'needs idAttribute: an attribute that never changes and is never given to another, such as entryUUID'
  return [{ path: ['preset'], message: `is ${preset}, which ${message}` }]
}
