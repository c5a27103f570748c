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
  /** Of the provider that has enrolled it: `https`, or `http` on a loopback host only. */
  readonly issuer: string
  /** PEM: authorities to trust for the issuer's certificate, in place of the system's. */
  readonly issuerCaFile?: string
  /** Folder with the agent's key, its certificate and the provider's keys; its owner's alone. */
  readonly identityDirectory: string
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
