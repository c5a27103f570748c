import { clientFile } from '../../provider/oidc/clients/client-file.ts'
import { readClientFolder } from '../../provider/oidc/clients/client-folder.ts'
import { SettingsFault } from '../../shared/settings/problem.ts'

/** An app of local mode, with its secret if it has one. */
export interface LocalClient {
  readonly clientId: string
  readonly clientSecret?: string
  /** Its name, and how it gets tokens. */
  readonly note: string
}

/** @throws SettingsFault with every problem of the folder's files */
export async function readClients(folder: string): Promise<readonly LocalClient[]> {
  const { clients, problems } = await readClientFolder(folder, clientFile)
  if (problems.length > 0) throw new SettingsFault(problems)
  return [...clients.values()].map(
    ({ client_id, client_secret, client_name, grant_types = [] }) => ({
      clientId: client_id,
      ...(client_secret !== undefined && { clientSecret: client_secret }),
      note: `${client_name}: ${grant_types.map(grantName).join(', ') || 'introspection'}`,
    }),
  )
}

/** `urn:ietf:params:oauth:grant-type:device_code` as `device code` */
function grantName(grant: string): string {
  return (grant.split(':').at(-1) ?? grant).replaceAll('_', ' ')
}
