import type { PasswordBackend } from './backend.ts'
import type { BackendParts } from './backend-parts.ts'
import type { BackendSettings } from './settings.ts'

/**
 * Backends are what an agent asks about people. Each kind is a file here that has its name, and
 * this is the only list of them. A kind is loaded when settings name it: an agent beside an LDAP
 * directory never loads a password hash, and local mode no LDAP client.
 *
 * @throws Fault `settings` if the settings name files that cannot be used. A directory that does
 *   not answer is no reason: the backend then says so for each question until it is back.
 */
export async function createBackend(
  settings: BackendSettings,
  parts: BackendParts,
): Promise<PasswordBackend> {
  switch (settings.type) {
    case 'ldap': {
      const { createLdapBackend } = await import('./ldap.ts')
      return createLdapBackend(settings, parts)
    }
    case 'active-directory': {
      const { createActiveDirectoryBackend } = await import('./active-directory.ts')
      return createActiveDirectoryBackend(settings, parts)
    }
    case 'module': {
      const { createModuleBackend } = await import('./module.ts')
      return createModuleBackend(settings, parts)
    }
    case 'file': {
      const { createFileBackend } = await import('./file.ts')
      return createFileBackend(settings, parts)
    }
  }
}
