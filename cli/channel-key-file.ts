import type { ChannelKeys } from '../provider/broker/channel-keys.ts'
import type { Logger } from '../shared/log.ts'
import { followKeyFile } from './follow-key-file.ts'
import { readSigningKeys } from './key-file.ts'

/**
 * The keys of the channel's key file, as it changes: `postern keys rotate channel` must not need a
 * restart, which would cut off who is signing in.
 * @throws Fault `settings` if it holds no keys now; later on, that is logged and changes nothing
 */
export async function followChannelKeyFile(file: string, log: Logger): Promise<ChannelKeys> {
  const followed = await followKeyFile(file, {
    read: readSigningKeys,
    idsOf: (keys) => keys.map(({ id }) => id),
    what: 'channel keys',
    log,
  })
  return { all: followed.keys, stop: followed.stop }
}
