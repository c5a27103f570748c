import { setTimeout as sleep } from 'node:timers/promises'
import type { Subscription } from '../bus.ts'
import { backoff } from './backoff.ts'
import type { RedisClient } from './client.ts'
import type { Connection } from './connector.ts'
import { createReopening } from './reopen-stream.ts'

/**
 * Reads from a stream on a connection of its own until it is stopped, whatever happens to Redis in
 * the meantime.
 *
 * @param step one read and what is to be done with it; it rejects when Redis fails
 */
export function keepReading(
  client: RedisClient,
  key: string,
  step: (reader: Connection, signal: AbortSignal) => Promise<void>,
): Subscription {
  const { clock, outages } = client
  const stopping = new AbortController()
  const { signal } = stopping
  const reader = client.openReader(block)
  const reopenIfFull = createReopening(client, key)

  async function run(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      if (reader.status !== 'ready') await readyOrStopped(reader, signal)
      try {
        if (client.ownsStreams) await reopenIfFull(reader)
        await step(reader, signal)
        failures = 0
        outages.up(key)
      } catch (error) {
        if (signal.aborted) return
        failures += 1
        outages.down(key, error)
        // Without a connection there is one more try when it is back, and not before.
        if (reader.status === 'ready') await pause(backoff(failures, clock), signal)
      }
    }
  }

  const running = run()
  return {
    stop: async () => {
      stopping.abort()
      // A read that is waiting for entries ends with its connection.
      reader.disconnect()
      await running
      outages.up(key)
    },
  }
}

/** How long one read waits for entries, in milliseconds. */
export const block = 3_000

function readyOrStopped(reader: Connection, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      reader.off('ready', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    reader.on('ready', done)
    signal.addEventListener('abort', done)
  })
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal })
  } catch {
    // Stopped.
  }
}
