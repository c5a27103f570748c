import { z } from 'zod'
import {
  type ActiveDirectoryBackendSettings,
  activeDirectoryBackendSettings,
} from './active-directory-settings.ts'
import { type FileBackendSettings, fileBackendSettings } from './file-settings.ts'
import { type LdapBackendSettings, ldapBackendSettings } from './ldap-settings.ts'
import { type ModuleBackendSettings, moduleBackendSettings } from './module-settings.ts'

/** What an agent asks about a realm's people; `type` says which kind it is. */
export type BackendSettings =
  | LdapBackendSettings
  | ActiveDirectoryBackendSettings
  | FileBackendSettings
  | ModuleBackendSettings

export const backendSettings: z.ZodType<BackendSettings> = z
  .discriminatedUnion('type', [
    ldapBackendSettings,
    activeDirectoryBackendSettings,
    fileBackendSettings,
    moduleBackendSettings,
  ])
  .describe('What the agent asks about the people of a realm.')
