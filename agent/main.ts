import { type Carriers, openCarriers } from '../shared/carriers.ts'
import type { Clock } from '../shared/clock.ts'
import type { Logger } from '../shared/log.ts'
import type { Proxy } from '../shared/proxy.ts'
import { readProxy } from '../shared/proxy-settings.ts'
import { version } from '../shared/version.ts'
import { createAnswerQuestion } from './answer-question.ts'
import { createBackend } from './backends/registry.ts'
import { createConsumer } from './consumer.ts'
import { startHeartbeat } from './heartbeat.ts'
import type { Identity } from './identity/identity.ts'
import { type OpenIdentity, openIdentity } from './identity/open-identity.ts'
import { createPrekeys } from './prekeys.ts'
import { closeRealms, openRealms } from './realms.ts'
import { createReplayGuard } from './replay-guard.ts'
import { createSessions } from './sessions.ts'
import type { AgentSettings } from './settings.ts'
import { watchProxy } from './watch-proxy.ts'
import { createSelfWatch } from './watch-self.ts'

/**
 * The agent: the process beside the directory. It takes sealed questions off its stream, asks the
 * directory, and replies with a signed verdict. It connects outwards only and listens to nothing.
 */
export interface RunningAgent {
  /** Says goodbye, finishes what it has in hand, ends its connections. */
  stop(): Promise<void>
  /** Rejects with Fault `notOurs` once the provider will have nothing to do with it any more. */
  readonly failed?: Promise<never>
  /** Asks the provider now whether anything has changed, such as its keys or our realms. */
  refresh(): void
}

export interface AgentParts {
  readonly clock: Clock
  readonly log: Logger
  /** Given in local mode; otherwise that of the settings, which is renewed. */
  readonly identity?: Identity
  /** What relative file names in the settings are relative to. */
  readonly folder: string
  /** Both given in local mode; otherwise opened from the settings. */
  readonly carriers?: Carriers
  /** Makes backends; those of the registry unless given. */
  readonly createBackend?: typeof createBackend
}

export async function startAgent(
  settings: AgentSettings,
  parts: AgentParts,
): Promise<RunningAgent> {
  const { clock, folder } = parts
  const { name: agent, concurrency } = settings
  const log = parts.log.child({ agent })
  // Ended in reverse: when stopping, and when a later part cannot be made.
  await using opened = new AsyncDisposableStack()
  const found = parts.carriers ? undefined : await readProxy(settings.proxy, folder)
  const { proxy, isDown: isProxyDown } = { ...(found && watchProxy(found, clock)) }
  const identity = await identityOf(settings, { ...parts, log, proxy }, opened)
  const redis = { clock, log, folder, name: agent, proxy }
  const [prekeys, carriers] = await Promise.all([
    createPrekeys({ clock }),
    openCarriers(parts.carriers, settings.redis, redis).catch(orWhyOver(identity)),
  ])
  opened.defer(() => carriers.close?.())
  const { bus, store } = carriers
  const common = { agent, bus, clock, log, identity }
  const realms = await openRealms(settings.realms, { createBackend, ...parts, log })
  opened.defer(() => closeRealms(realms))

  const providerKeys = () => identity.providerKeys()
  const sessions = createSessions({ agent, clock, prekeys, providerKeys })
  const replays = createReplayGuard()
  const elsewhere = () => ({ ...timesOf(identity), isProxyDown: isProxyDown?.() })
  const self = createSelfWatch(settings, { clock, log, elsewhere })
  const asking = { agent, realms, replays, store, clock, log, condition: self.condition }
  const answerQuestion = createAnswerQuestion(asking)
  const consumer = createConsumer({ ...common, sessions, answerQuestion, concurrency })
  opened.defer(() => consumer.stop())
  const served = [...realms.keys()]
  const says = () => ({
    realms: served,
    version,
    limit: concurrency,
    inFlight: consumer.inFlight(),
    trusts: providerKeys().map(({ id }) => id),
    warnings: self.warnings(),
  })
  // Redis may have been told before us that we are no agent any more.
  const onFailure = () => identity.refresh?.(30_000)
  const heartbeat = await startHeartbeat({ ...common, prekeys, says, onFailure })
  opened.defer(() => heartbeat.stop())
  log.info({ realms: served, version }, 'agent ready')

  const running = opened.move()
  return {
    ...(identity.failed && { failed: identity.failed }),
    refresh: () => identity.refresh?.(),
    stop: async () => {
      await running.disposeAsync()
      log.info('agent stopped')
    },
  }
}

/** One that is renewed, if it is not given. */
type AnyIdentity = Identity & Partial<OpenIdentity>

async function identityOf(
  settings: AgentSettings,
  parts: AgentParts & { proxy: Proxy | undefined },
  opened: AsyncDisposableStack,
): Promise<AnyIdentity> {
  if (parts.identity) return parts.identity
  const identity = await openIdentity(settings, parts)
  opened.defer(() => identity.stop())
  return identity
}

function timesOf({ certificateEnds, clockAhead }: AnyIdentity) {
  return { certificateEnds: certificateEnds?.(), clockAhead: clockAhead?.() }
}

/** An agent that is over is not let in by Redis either, which says nothing of the reason. */
function orWhyOver(identity: AnyIdentity): (thrown: unknown) => Promise<never> {
  return async (thrown) => {
    await identity.asked
    throw thrown
  }
}
