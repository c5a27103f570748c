import type { AdapterFactory } from 'oidc-provider'
import { systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import type { SettingsProblem } from '../../../shared/settings/problem.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import type { ResourceSettings } from '../../settings.ts'
import { passwordGrantType } from '../access/access-to-tokens.ts'
import { buildProvider, clientTrial } from '../build-provider.ts'
import { claims, scopes } from '../claims.ts'
import { features } from '../features.ts'
import { ensureSigningKeys } from '../signing-keys.ts'
import { resourceCheck } from './client-checks.ts'
import { readClientFolder } from './client-folder.ts'
import { clientRules } from './client-metadata.ts'
import { clientSchema } from './read-client.ts'

/**
 * What is wrong with the client files of a folder; `postern check` prints it.
 * @param resources those in the provider's settings
 * @returns empty if all is well
 */
export async function checkClients(
  directory: string,
  resources: readonly ResourceSettings[],
): Promise<readonly SettingsProblem[]> {
  // The library tells which algorithms a client may choose from the keys it has.
  const keys = await ensureSigningKeys(createMemoryStore(systemClock), systemClock)
  const provider = buildProvider('https://check.invalid', {
    ...clientRules,
    features,
    scopes,
    claims,
    jwks: { keys: keys.map(({ jwk }) => jwk) },
    adapter: noAdapter,
  })
  provider.registerGrantType(passwordGrantType, () => {
    throw new Fault('internal', 'checking a client file gives nobody a token')
  })
  const schema = clientSchema(clientTrial(provider), [resourceCheck(resources)])
  return (await readClientFolder(directory, schema)).problems
}

const noAdapter: AdapterFactory = () => {
  throw new Fault('internal', 'checking a client file stores nothing')
}
