import type { ProxySettings } from '../shared/proxy-settings.ts'
import type { RedisSettings } from '../shared/redis/settings.ts'
import type { BackendSettings } from './backends/settings.ts'

/** `agent.yaml`: everything an agent is told. Files are relative to the settings file's folder. */
export interface AgentSettings {
  readonly name: string
  /** Absent only in local mode, which keeps everything in memory. */
  readonly redis?: RedisSettings
  /** On the way to the provider and to Redis; that of the environment unless given. */
  readonly proxy?: ProxySettings
  /** PEM file of the agent's own P-256 identity key; readable by its owner alone. */
  readonly identityKeyFile: string
  /** The provider's public key, pinned: base64 SPKI. Session keys signed by another are refused. */
  readonly providerPublicKey: string
  readonly realms: readonly AgentRealm[]
  /** Questions in hand at once; more wait on the stream. */
  readonly concurrency: number
  readonly log: { readonly level: string }
}

export interface AgentRealm {
  readonly name: string
  /** Cut off the user name before the backend sees it as `localName`. */
  readonly suffixes: readonly string[]
  readonly backend: BackendSettings
}
