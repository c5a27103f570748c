import { setTimeout as delay } from 'node:timers/promises'
import type Provider from 'oidc-provider'
import type { JWKS } from 'oidc-provider'
import type { Clock } from '../../shared/clock.ts'
import type { Logger } from '../../shared/log.ts'
import type { Store } from '../../shared/store.ts'
import { type SigningKey, schedule } from './signing-key-schedule.ts'
import { dropKeys, ensureSigningKeys } from './signing-keys.ts'

/**
 * The library takes its signing keys once, when it is constructed. So when another key begins to
 * sign or keys come and go, a new instance takes over; requests in hand finish with the old one,
 * and all state is in the store.
 */
export interface CurrentProvider {
  get(): Provider
  stop(): Promise<void>
}

export interface CurrentParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Logger
  /** Milliseconds that a key stays published after its last signature. */
  readonly retention: number
  /** Milliseconds between looks at the keys. */
  readonly interval: number
  readonly build: (jwks: JWKS) => Provider
}

export async function createCurrentProvider(parts: CurrentParts): Promise<CurrentProvider> {
  const { store, clock, log } = parts
  let keys = await ensureSigningKeys(store, clock)
  let published = publish(keys, parts)
  let provider = parts.build(published.jwks)
  const stopped = new AbortController()

  async function refresh(): Promise<void> {
    keys = await ensureSigningKeys(store, clock, keys)
    const now = publish(keys, parts)
    if (now.gone.length > 0) await dropKeys(store, clock, now.gone)
    if (now.kids === published.kids) return
    published = now
    provider = parts.build(now.jwks)
    log.info({ keys: now.kids }, 'signing keys changed')
  }

  const looking = repeat(parts.interval, stopped.signal, async () => {
    await refresh().catch((err: unknown) => log.warn({ err }, 'signing keys not looked at'))
  })

  return {
    get: () => provider,
    stop: async () => {
      stopped.abort()
      await looking
    },
  }
}

interface Published {
  readonly jwks: JWKS
  /** In order, which decides who signs. */
  readonly kids: string
  readonly gone: readonly string[]
}

function publish(keys: readonly SigningKey[], { clock, retention }: CurrentParts): Published {
  const scheduled = schedule(keys, clock.now(), retention)
  const shown = scheduled.filter(({ state }) => state !== 'gone').map(({ key }) => key)
  return {
    jwks: { keys: shown.map(({ jwk }) => jwk) },
    kids: shown.map(({ kid }) => kid).join(' '),
    gone: scheduled.filter(({ state }) => state === 'gone').map(({ key }) => key.kid),
  }
}

async function repeat(
  interval: number,
  signal: AbortSignal,
  step: () => Promise<void>,
): Promise<void> {
  for (;;) {
    // Nothing else waits for this, so it must not keep a process alive that has finished.
    await delay(interval, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    await step()
  }
}
