import { watch } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { asFault } from '../shared/fault.ts'
import type { Logger } from '../shared/log.ts'

/** A key file that is read again whenever it changes: new keys must not need a restart. */
export interface FollowedKeyFile<T> {
  readonly keys: () => T
  readonly stop: () => Promise<void>
}

// Milliseconds without a further change before the file is read.
const quiet = 100

/**
 * @param how.idsOf what shows that they are others
 * @param how.what these keys are called in the log
 * @throws what `read` throws now; later on, that is logged and changes nothing
 */
export async function followKeyFile<T>(
  file: string,
  how: {
    readonly read: (file: string) => Promise<T>
    readonly idsOf: (keys: T) => readonly string[]
    readonly what: string
    readonly log: Logger
  },
): Promise<FollowedKeyFile<T>> {
  const { read, idsOf, what, log } = how
  let keys = await read(file)
  let reading: Promise<void> = Promise.resolve()
  const stopped = new AbortController()

  async function readAgain(): Promise<void> {
    const before = idsOf(keys)
    keys = await read(file)
    const ids = idsOf(keys)
    if (ids.join() === before.join()) return
    log.info({ file: basename(file), keys: ids }, `${what} changed`)
  }

  function reload(): void {
    reading = reading.then(readAgain).catch((thrown: unknown) => {
      const { code, message } = asFault(thrown)
      log.error({ faultCode: code, detail: message }, `${what} not read`)
    })
  }

  const following = follow(dirname(file), stopped.signal, reload).catch((err: unknown) => {
    log.error({ file, err }, `changes of the ${what} are not seen until a restart`)
  })
  // For what has changed between the first look and now.
  reload()
  return {
    keys: () => keys,
    stop: async () => {
      stopped.abort()
      await following
      await reading
    },
  }
}

// The folder and not the file: a file that is replaced takes its watchers with it.
async function follow(folder: string, signal: AbortSignal, changed: () => void): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  try {
    for await (const _ of watch(folder, { signal })) {
      clearTimeout(timer)
      timer = setTimeout(changed, quiet)
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown
  } finally {
    clearTimeout(timer)
  }
}
