import type { Clock } from '../../shared/clock.ts'
import type { EnrolmentAnswer, EnrolmentRedis } from '../../shared/enrolment.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import { sign } from '../../shared/envelope-signature.ts'
import { wireVersion } from '../../shared/wire.ts'
import type { ChannelKeys } from '../broker/channel-keys.ts'
import type { AgentRecord } from './record.ts'

/** What an agent is answered at its enrolment and at each renewal. */
export interface Answering {
  make(record: AgentRecord, about: About): EnrolmentAnswer
  /** @param by a key of the channel that the agent knows */
  sign(answer: EnrolmentAnswer, by: SigningKey): Promise<string>
}

interface About {
  /** PEM. */
  readonly certificate: string
  readonly redis: EnrolmentRedis | undefined
  readonly nonce?: string
}

export function createAnswering(parts: { channelKeys: ChannelKeys; clock: Clock }): Answering {
  const { channelKeys, clock } = parts
  return {
    make: (record, { certificate, redis, nonce }) => {
      const { name, enrolment, state, realms, fingerprint, approvedUntil } = record
      return {
        v: wireVersion,
        agent: name,
        enrolment,
        state,
        realms: state === 'quarantined' ? [] : realms,
        fingerprint,
        certificate,
        ...(approvedUntil !== undefined && { approvedUntil }),
        providerKeys: channelKeys.all().map(({ publicKey }) => publicKey),
        ...(redis && { redis }),
        serverTime: clock.now(),
        ...(nonce !== undefined && { nonce }),
      }
    },
    sign: (answer, by) => sign('postern-enrolment-answer', JSON.stringify(answer), by),
  }
}
