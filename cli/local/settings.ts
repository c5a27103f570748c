import type { AgentSettings } from '../../agent/settings.ts'
import type { ProviderSettings } from '../../provider/settings.ts'
import type { RedisSettings } from '../../shared/redis/settings.ts'
import { demoApi } from './demo/ways.ts'
import { usersFile } from './files.ts'

/** What differs from one start of local mode to the next. */
export interface LocalSettings {
  readonly issuer: string
  readonly listen: { readonly host: string; readonly port: number }
  /** Absent: all in memory. */
  readonly redis?: RedisSettings
  readonly clientsDirectory: string
  readonly log: { readonly level: string }
}

const realm = { name: 'local', suffixes: ['postern.local'] }
const agent = 'local'

/** @param agentKey public, of the one agent */
export function localProvider(settings: LocalSettings, agentKey: string): ProviderSettings {
  return {
    ...settings,
    trustedProxies: [],
    // Keys are made at each start and stand in no file.
    dataKeyFile: '',
    channelKeyFile: '',
    realms: [
      {
        ...realm,
        default: true,
        secondOpinion: false,
        secondOpinionGroups: [],
        canaries: { names: [] },
      },
    ],
    agents: [{ name: agent, realms: [realm.name], publicKey: agentKey }],
    resources: [{ ...demoApi, name: 'Demo orders API' }],
    organization: { name: 'Postern on this machine' },
    // The one agent is this very process: there is nobody to mistrust.
    canaries: { perHour: 0 },
    lifetimes: {
      session: 43_200,
      interaction: 1_800,
      accessToken: 900,
      idToken: 3_600,
      refreshToken: 604_800,
    },
  }
}

/** @param providerKey public, of the channel */
export function localAgent(settings: LocalSettings, providerKey: string): AgentSettings {
  const { redis, log } = settings
  return {
    name: agent,
    ...(redis !== undefined && { redis }),
    identityKeyFile: 'identity.pem',
    providerPublicKey: providerKey,
    realms: [{ ...realm, backend: { type: 'file', file: usersFile, parallel: 2 } }],
    concurrency: 16,
    log,
  }
}
