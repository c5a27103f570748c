import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../clock.ts'
import type { Logger } from '../log.ts'
import type { Proxy } from '../proxy.ts'
import { type Connection, type Connector, createConnector } from './connector.ts'
import { createOutages, type Outages } from './outages.ts'
import { connectFault } from './refusal.ts'
import { createServers, type Servers } from './servers.ts'
import { type RedisSettings, usesTls } from './settings.ts'

/** The connections of one process to its Redis. */
export interface RedisClient {
  /** For people. */
  readonly address: string
  /** What every key begins with. */
  readonly prefix: string
  /**
   * The connection for every command that does not block. It connects again by itself; while it
   * is not connected, to ask for it throws.
   */
  readonly commands: Connection
  /** Each server by itself, for what is not replicated. */
  readonly servers: Servers
  readonly outages: Outages
  /** Who consumes streams: the same one after a restart, so that it finds what it had in hand. */
  readonly name: string
  /** It may drop the streams that it reads. */
  readonly ownsStreams: boolean
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
  /** Of a provider: it mends the streams that it reads. */
  readonly ownsStreams?: boolean
  /** On the way to Redis. */
  readonly proxy?: Proxy | undefined
}

// Milliseconds. A Redis that says nothing for so long is as good as dead, and everything that
// waits for it is refused.
const silence = 2_000
const connectWithin = 6_000

/**
 * @throws Fault `settings` if Redis does not let us in or files are missing, `storeDown` if there
 *   is no Redis
 */
export async function connectRedis(
  settings: RedisSettings,
  parts: ClientParts,
): Promise<RedisClient> {
  const { clock, log, name, ownsStreams = false } = parts
  const connector = await createConnector(settings, parts)
  const connection = await connected(connector, usesTls(settings))
  const outages = createOutages(log, connector.address)
  const endReport = report(connection, outages)
  const commands = () => {
    if (connection.status !== 'ready') throw new Error('not connected')
    gather(connection)
    return connection
  }
  const servers = createServers(connector, commands)

  return {
    address: connector.address,
    prefix: settings.keyPrefix,
    get commands() {
      return commands()
    },
    servers,
    outages,
    name,
    ownsStreams,
    clock,
    openReader: (block) => {
      const reader = connector.open(block + silence)
      // Whoever reads learns of every error by the read that fails.
      reader.on('error', ignore).connect().catch(ignore)
      return reader
    },
    close: async () => {
      endReport()
      servers.close()
      // One that is between two tries ends without a word.
      const ended = connection.status === 'ready' ? once(connection, 'end') : undefined
      connection.disconnect()
      await ended
    },
  }
}

async function connected(connector: Connector, isTls: boolean): Promise<Connection> {
  const connection = connector.open(silence)
  // A cluster says only that none of its nodes will do; each of them says why.
  let ofNode: unknown
  const note = (error: Error) => {
    if (error.message !== 'Connection is closed.') ofNode = error
  }
  connection.on('node error', note)
  try {
    await within(connectWithin, Promise.race([connection.connect(), firstError(connection)]))
    return connection
  } catch (error) {
    connection.on('error', ignore).disconnect()
    throw connectFault(connector.address, ofNode ?? error, isTls)
  } finally {
    connection.off('node error', note)
  }
}

// Otherwise `connect` says that the connection closed and not why, tries Sentinels for ever, and
// is content with database 0 where there is none of the number that was asked for.
function firstError(connection: Connection): Promise<never> {
  return new Promise((_, reject) => {
    connection.once('error', reject)
  })
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

/**
 * Has all that is asked in two turns of the event loop written at once. A write to a socket is a
 * system call, and there are some twenty commands in one sign-in, each of which would cost more
 * than its sealing. The second turn is for what has come in meanwhile: with eight sign-ins in flight
 * it saves a third of the writes, and with nothing else to do it is over at once. The library's own
 * pipelining costs as much as it saves. A cluster's connections are its nodes', and go without.
 */
function gather(connection: Connection): void {
  const { stream } = connection as { stream?: Socket }
  if (stream === undefined || stream.writableCorked > 0) return
  stream.cork()
  setImmediate(() => setImmediate(() => stream.uncork()))
}

function ignore(): void {}
