import { type SigningKey, type VerifyingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { type SignedType, verifyByAny } from '../../shared/envelope-signature.ts'
import { Fault } from '../../shared/fault.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'

/**
 * The payload of what a provider process has signed with any of the channel's keys.
 * @throws Fault `forgedMessage` otherwise
 */
export type SignedByUs = (type: SignedType, jws: string) => Promise<string>

export function createSignedByUs(channelKeys: ChannelKeys): SignedByUs {
  const made = new Map<string, Promise<VerifyingKey>>()
  const publicHalf = (publicKey: string) => {
    const key = made.get(publicKey) ?? verifyingKey(publicKey)
    made.set(publicKey, key)
    return key
  }
  return async (type, jws) => {
    const keys = channelKeys.all().map(({ publicKey }) => publicHalf(publicKey))
    return verifyByAny(type, jws, await Promise.all(keys))
  }
}

/** What to sign with for other processes of the provider. */
export function newestOf(channelKeys: ChannelKeys): SigningKey {
  const [newest] = channelKeys.all()
  if (newest === undefined) throw new Fault('internal', 'there are no channel keys')
  return newest
}
