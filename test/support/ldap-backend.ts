import { type OpenBackend, openBackend } from './open-backend.ts'
import type { OpenldapServer } from './start-openldap.ts'

/**
 * An `ldap` backend beside a test's own directory.
 * @param more settings that differ from the least that is needed
 */
export function openLdap(
  directory: OpenldapServer,
  more: Record<string, unknown> = {},
): Promise<OpenBackend> {
  return openBackend({
    type: 'ldap',
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
    ...more,
  })
}
