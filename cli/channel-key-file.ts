import { watch } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { ChannelKeys } from '../provider/broker/channel-keys.ts'
import { asFault } from '../shared/fault.ts'
import type { Logger } from '../shared/log.ts'
import { readSigningKeys } from './key-file.ts'

// Milliseconds without a further change before the file is read.
const quiet = 100

/**
 * The keys of the channel's key file, read again whenever it changes: `postern keys rotate channel`
 * must not need a restart, which would cut off who is signing in.
 * @throws Fault `settings` if it holds no keys now; later on, that is logged and changes nothing
 */
export async function followChannelKeyFile(file: string, log: Logger): Promise<ChannelKeys> {
  let keys = await readSigningKeys(file)
  let reading: Promise<void> = Promise.resolve()
  const stopped = new AbortController()

  async function readAgain(): Promise<void> {
    const before = keys
    keys = await readSigningKeys(file)
    const ids = keys.map(({ id }) => id)
    if (ids.join() === before.map(({ id }) => id).join()) return
    log.info({ file: basename(file), keys: ids }, 'channel keys changed')
  }

  function reload(): void {
    reading = reading.then(readAgain).catch((thrown: unknown) => {
      const { code, message } = asFault(thrown)
      log.error({ faultCode: code, detail: message }, 'channel keys not read')
    })
  }

  const following = follow(dirname(file), stopped.signal, reload).catch((err: unknown) => {
    log.error({ file, err }, 'changes of the channel keys are not seen until a restart')
  })
  // For what has changed between the first look and now.
  reload()
  return {
    all: () => keys,
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
