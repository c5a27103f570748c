import { Cluster, type Redis } from 'ioredis'
import type { RedisClient } from './client.ts'
import type { Connection } from './connector.ts'
import { commandFault } from './refusal.ts'

/**
 * Everything that is kept, for somebody who looks through all of it. Names are without the prefix,
 * as the store has them. What comes or goes meanwhile may be left out.
 */
export interface KeptValues {
  texts(): AsyncIterable<readonly KeptText[]>
  lists(): AsyncIterable<readonly KeptList[]>
  readonly has: (name: string) => Promise<boolean>
  /** Replaces what is there. */
  readonly writeText: (text: KeptText) => Promise<void>
  /** The same, in one step. */
  readonly writeList: (list: KeptList) => Promise<void>
  readonly remove: (name: string) => Promise<void>
}

interface Kept {
  readonly name: string
  /** Milliseconds from now; absent if it has no end. */
  readonly ttl?: number
}

export interface KeptText extends Kept {
  readonly value: string
}

export interface KeptList extends Kept {
  readonly values: readonly string[]
}

const atOnce = 500

// What PTTL says of a key that is not there.
const gone = -2

/** All methods throw Fault `storeDown`. */
export function createKeptValues(client: RedisClient): KeptValues {
  const { prefix, address } = client

  async function run<T>(ask: (commands: Connection) => Promise<T>): Promise<T> {
    try {
      return await ask(client.commands)
    } catch (error) {
      throw commandFault('storeDown', address, error)
    }
  }

  async function* kept<T>(
    type: 'string' | 'list',
    read: (commands: Connection, key: string, about: Kept) => Promise<T | undefined>,
  ): AsyncIterable<readonly T[]> {
    for (const server of mastersOf(client)) {
      for await (const keys of keysOf(server, type)) {
        yield await run(async (commands) => {
          const found = keys.map((key) => readOne(commands, key))
          return (await Promise.all(found)).filter((each) => each !== undefined)
        })
      }
    }

    async function readOne(commands: Connection, key: string): Promise<T | undefined> {
      const ttl = await commands.pttl(key)
      return read(commands, key, { name: key.slice(prefix.length), ...(ttl >= 0 && { ttl }) })
    }
  }

  async function* keysOf(server: Redis, type: string): AsyncIterable<string[]> {
    let cursor = '0'
    do {
      const asked = ['MATCH', `${literally(prefix)}*`, 'COUNT', atOnce, 'TYPE', type] as const
      const [next, keys] = (await run(() => server.call('SCAN', cursor, ...asked))) as Scanned
      if (keys.length > 0) yield keys
      cursor = next
    } while (cursor !== '0')
  }

  return {
    texts: () =>
      kept('string', async (commands, key, about) => {
        const value = await commands.get(key)
        return value === null ? undefined : { ...about, value }
      }),
    lists: () =>
      kept('list', async (commands, key, about) => {
        const values = await commands.lrange(key, 0, -1)
        return values.length === 0 ? undefined : { ...about, values }
      }),
    has: (name) => run(async (commands) => (await commands.pttl(prefix + name)) !== gone),
    remove: (name) => run(async (commands) => void (await commands.del(prefix + name))),
    writeText: (text) => run((commands) => writeText(commands, prefix, text)),
    writeList: (list) => run((commands) => writeList(commands, prefix, list)),
  }
}

async function writeText(commands: Connection, prefix: string, text: KeptText): Promise<void> {
  const { name, value, ttl } = text
  if (ttl === undefined) await commands.set(prefix + name, value)
  else await commands.set(prefix + name, value, 'PX', atLeast1(ttl))
}

async function writeList(commands: Connection, prefix: string, list: KeptList): Promise<void> {
  const key = prefix + list.name
  const written = commands
    .multi()
    .del(key)
    .rpush(key, ...list.values)
  if (list.ttl !== undefined) written.pexpire(key, atLeast1(list.ttl))
  for (const [error] of (await written.exec()) ?? []) if (error) throw error
}

type Scanned = readonly [cursor: string, keys: string[]]

function mastersOf({ commands }: RedisClient): readonly Redis[] {
  return commands instanceof Cluster ? commands.nodes('master') : [commands]
}

// SCAN takes a pattern, and the prefix is none.
function literally(text: string): string {
  return text.replaceAll(/[\\*?[\]]/g, '\\$&')
}

function atLeast1(milliseconds: number): number {
  return Math.max(1, milliseconds)
}
