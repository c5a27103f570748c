import { pino } from 'pino'
import type { PasswordBackend } from '../../../agent/backends/backend.ts'
import { createBackend } from '../../../agent/backends/registry.ts'
import { backendSettings } from '../../../agent/backends/settings.ts'
import { systemClock } from '../../../shared/clock.ts'
import type { LdapUnderTest } from '../ldap-backend.ts'
import type { SambaServer } from './start-samba.ts'

/**
 * An `active-directory` backend beside a test's own domain controller.
 * @param more settings that differ from the least that is needed
 */
export async function openActiveDirectory(
  directory: SambaServer,
  more: Record<string, unknown> = {},
): Promise<LdapUnderTest> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const settings = backendSettings.parse({
    type: 'active-directory',
    domain: 'lab.test',
    netbiosName: 'LAB',
    ...(more['discover'] === undefined && { urls: [directory.ldapsUrl] }),
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    ...more,
  })
  const backend = await createBackend(settings, { log, clock: systemClock, folder: '/' })
  return {
    backend,
    logged: () => lines.join(''),
    [Symbol.asyncDispose]: async () =>
      (backend as PasswordBackend & AsyncDisposable)[Symbol.asyncDispose](),
  }
}
