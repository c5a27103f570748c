import { pino } from 'pino'
import type { PasswordBackend } from '../../agent/backends/backend.ts'
import { createBackend } from '../../agent/backends/registry.ts'
import { backendSettings } from '../../agent/backends/settings.ts'
import { systemClock } from '../../shared/clock.ts'
import type { OpenldapServer } from './start-openldap.ts'

/** An `ldap` backend beside a test's own directory. */
export interface LdapUnderTest extends AsyncDisposable {
  readonly backend: PasswordBackend
  /** What it has logged, one JSON text a line. */
  logged(): string
}

/** @param more settings that differ from the least that is needed */
export async function openLdap(
  directory: OpenldapServer,
  more: Record<string, unknown> = {},
): Promise<LdapUnderTest> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) })
  const settings = backendSettings.parse({
    type: 'ldap',
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
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
