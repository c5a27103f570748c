import { type OpenBackend, openBackend } from '../open-backend.ts'
import type { SambaServer } from './start-samba.ts'

/**
 * An `active-directory` backend beside a test's own domain controller.
 * @param more settings that differ from the least that is needed
 */
export function openActiveDirectory(
  directory: SambaServer,
  more: Record<string, unknown> = {},
): Promise<OpenBackend> {
  return openBackend({
    type: 'active-directory',
    domain: 'lab.test',
    netbiosName: 'LAB',
    ...(more['discover'] === undefined && { urls: [directory.ldapsUrl] }),
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    ...more,
  })
}
