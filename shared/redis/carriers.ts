import type { Bus } from '../bus.ts'
import { createRedisBus } from '../bus-redis.ts'
import type { Store } from '../store.ts'
import { createRedisStore } from '../store-redis.ts'
import { type AgentUsers, createAgentUsers } from './agent-users.ts'
import { type ClientParts, connectRedis } from './client.ts'
import { createKeptValues, type KeptValues } from './kept-values.ts'
import type { RedisTroubles } from './outages.ts'
import { askDurability, type Durability } from './persistence.ts'
import type { RedisSettings } from './settings.ts'

/**
 * This folder is how Postern uses Redis, 6.2 or later. It holds all shared state and carries what
 * providers and agents say to each other; it is trusted with none of it.
 *
 * - `settings.ts` which Redis, and how to be let in; `access.ts` reads the files it names.
 * - `connector.ts` makes connections, `client.ts` holds those of one process, `backoff.ts` says
 *   when to try again, `outages.ts` tells the operator, `refusal.ts` makes faults of errors.
 * - `agent-acl.ts` says what an agent may do, `agent-users.ts` has every one of the `servers.ts` know.
 * - `persistence.ts` asks whether Redis will have tomorrow what it is told today.
 * - `kept-values.ts` looks through all that is kept, for whoever puts it under another key.
 * - With an HTTP proxy in the way, `tunnel.ts` connects, and `find-master.ts` asks Sentinels.
 * - `consume-stream.ts` and `follow-stream.ts` are the two ways to read a stream, both on top of
 *   `keep-reading.ts`; `group-reader.ts` knows consumer groups, `remover.ts` deletes what was handled,
 *   `stream-upkeep.ts` what nobody read, and `reopen-stream.ts` mends what an agent has broken.
 *
 * A command is answered at once or refused within two seconds, whatever state Redis is in. What
 * reads streams goes on by itself when Redis is back. Only this folder and `*-redis.ts` know
 * ioredis, and whoever needs no Redis does not load it.
 */
export interface Carriers {
  readonly bus: Bus
  readonly store: Store
  troubles(): RedisTroubles
  /** Whether Redis will have what it was told. */
  durability(): Promise<Durability>
  /** For a provider, whose agents have users of their own. */
  readonly agentUsers: AgentUsers
  /** For who looks through all that is kept. */
  readonly kept: KeptValues
  /** After all subscriptions have been stopped. */
  close(): Promise<void>
}

/**
 * @param parts.name of this process; the same after a restart, so that it finds what it had in hand
 * @throws Fault `settings` if Redis does not let us in or files are missing, `storeDown` if it
 *   cannot be reached
 */
export async function openCarriers(settings: RedisSettings, parts: ClientParts): Promise<Carriers> {
  const client = await connectRedis(settings, parts)
  return {
    bus: createRedisBus(client),
    store: createRedisStore(client),
    durability: () => askDurability(client),
    troubles: () => client.outages.sofar(),
    agentUsers: createAgentUsers(client, parts.log),
    kept: createKeptValues(client),
    close: () => client.close(),
  }
}
