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

export const localRealm = 'local'
export const localAgentName = 'local'
const realm = { name: localRealm, suffixes: ['postern.local'] }

export function localProvider(settings: LocalSettings): ProviderSettings {
  return {
    ...settings,
    trustedProxies: [],
    forwardedHeader: 'x-forwarded-for',
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
        changePasswords: true,
      },
    ],
    // The authority is made at each start, too.
    agentAuthority: { directory: '' },
    alerts: {},
    // They end with the process.
    signInRecords: { keepDays: 30 },
    agentRedisUsers: true,
    resources: [{ ...demoApi, name: 'Demo orders API' }],
    termsOfUse: [],
    organization: { name: 'Postern on this machine' },
    newPasswords: { names: [], noticeDays: 7 },
    authenticationStrengths: [],
    passkeys: {
      userVerification: 'required',
      discoverable: 'preferred',
      attestation: 'none',
      allowedAuthenticators: [],
      blockedAuthenticators: [],
    },
    // The one agent is this very process: there is nobody to mistrust.
    canaries: { perHour: 0 },
    lifetimes: {
      session: 43_200,
      interaction: 1_800,
      accessToken: 900,
      idToken: 3_600,
      refreshToken: 604_800,
    },
    // Whoever tries out what an app sees does not want to wait.
    accountChecks: { every: 5, goOnFor: 3_600 },
  }
}

/** @param issuer with the port that the provider listens on */
export function localAgent(settings: LocalSettings, issuer: string): AgentSettings {
  const { redis, log } = settings
  return {
    name: localAgentName,
    ...(redis !== undefined && { redis }),
    issuer,
    identityDirectory: 'identity',
    realms: [
      { ...realm, backend: { type: 'file', file: usersFile, parallel: 2, changePasswords: true } },
    ],
    concurrency: 16,
    log,
  }
}
