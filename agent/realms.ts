import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { PasswordBackend } from './backends/backend.ts'
import type { createBackend } from './backends/registry.ts'
import type { AgentRealm } from './settings.ts'

/** A realm this agent answers for, and what it asks about its people. */
export interface ServedRealm {
  readonly backend: PasswordBackend
  /** The user name without the realm's suffix; as it is, if it has none of the realm's. */
  localName(username: string): string
}

export async function openRealms(
  realms: readonly AgentRealm[],
  parts: { log: Logger; clock: Clock; folder: string; createBackend: typeof createBackend },
): Promise<ReadonlyMap<string, ServedRealm>> {
  const opened = await Promise.all(
    realms.map(async ({ name, suffixes, backend }) => {
      const served: ServedRealm = {
        backend: await parts.createBackend(backend, parts),
        localName: (username) => withoutSuffix(username, suffixes),
      }
      return [name, served] as const
    }),
  )
  return new Map(opened)
}

/** Ends the connections of every backend that holds some. */
export async function closeRealms(realms: ReadonlyMap<string, ServedRealm>): Promise<void> {
  await Promise.all(
    [...realms.values()].map(async ({ backend }) => {
      if (Symbol.asyncDispose in backend) await (backend as AsyncDisposable)[Symbol.asyncDispose]()
    }),
  )
}

/** The user name without the realm's suffix; as it is, if it has none of the realm's. */
export function withoutSuffix(username: string, suffixes: readonly string[]): string {
  const at = username.lastIndexOf('@')
  if (at <= 0) return username
  const suffix = username.slice(at + 1).toLowerCase()
  return suffixes.some((one) => one.toLowerCase() === suffix) ? username.slice(0, at) : username
}
