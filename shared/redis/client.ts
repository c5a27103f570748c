import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import { type Connection, type Connector, createConnector } from './connector.ts'
import { createOutages, type Outages } from './outages.ts'
import { connectFault, isReply } from './refusal.ts'
import type { RedisSettings } from './settings.ts'

/** The connections of one process to its Redis. */
export interface RedisClient {
  /** For people. */
  readonly address: string
  /** What every key begins with. */
  readonly prefix: string
  /** For every command that does not block. It connects again by itself. */
  readonly commands: Connection
  readonly outages: Outages
  /** Who consumes streams: the same one after a restart, so that it finds what it had in hand. */
  readonly name: string
  readonly clock: Clock
  /**
   * Begins a connection of its own for reads that block, at most `block` milliseconds each. It
   * connects again by itself until it is told to `disconnect()`.
   */
  openReader(block: number): Connection
  /** After all readers have been disconnected. */
  close(): Promise<void>
}

export interface ClientParts {
  readonly clock: Clock
  readonly log: Logger
  /** What relative file names in the settings are relative to. */
  readonly folder: string
  readonly name: string
}

// Milliseconds. A Redis that says nothing for so long is as good as dead, and everything that
// waits for it is refused.
const silence = 2_000
const connectWithin = 8_000

/**
 * @throws Fault `settings` if Redis does not let us in or files are missing, `storeDown` if there
 *   is no Redis
 */
export async function connectRedis(
  settings: RedisSettings,
  parts: ClientParts,
): Promise<RedisClient> {
  const { clock, log, name } = parts
  const connector = await createConnector(settings, parts)
  const commands = await connected(connector)
  const outages = createOutages(log, connector.address)
  const endReport = report(commands, outages)

  return {
    address: connector.address,
    prefix: settings.keyPrefix,
    commands,
    outages,
    name,
    clock,
    openReader: (block) => {
      const reader = connector.open(block + silence)
      // Whoever reads learns of every error by the read that fails.
      reader.on('error', ignore).connect().catch(ignore)
      return reader
    },
    close: async () => {
      endReport()
      // One that is between two tries ends without a word.
      const ended = commands.status === 'ready' ? once(commands, 'end') : undefined
      commands.disconnect()
      await ended
    },
  }
}

async function connected(connector: Connector): Promise<Connection> {
  const connection = connector.open(silence)
  // What `connect` rejects with is that the connection closed; why it did is said before.
  let why: unknown
  const note = (error: unknown) => {
    why = error
  }
  connection.on('error', note).on('node error', note)
  try {
    await within(connectWithin, connection.connect())
    // ioredis goes on in database 0 if there is none of the number we asked for.
    if (isReply(why)) throw why
    return connection
  } catch (error) {
    connection.disconnect()
    throw connectFault(connector.address, why ?? error)
  }
}

async function within<T>(milliseconds: number, promise: Promise<T>): Promise<T> {
  const patience = new AbortController()
  const tooLate = async () => {
    await sleep(milliseconds, undefined, { signal: patience.signal })
    throw new Error(`no answer within ${milliseconds} ms`)
  }
  try {
    return await Promise.race([promise, tooLate()])
  } finally {
    patience.abort()
  }
}

/** @returns ends the reporting, and says nothing about the end of the connection itself */
function report(connection: Connection, outages: Outages): () => void {
  let why: unknown = 'the connection broke'
  const onError = (error: unknown) => {
    why = error
  }
  const onClose = () => outages.down('commands', why)
  const onReady = () => outages.up('commands')
  connection.on('error', onError).on('close', onClose).on('ready', onReady)
  return () => connection.off('close', onClose)
}

function ignore(): void {}
