import { createHash } from 'node:crypto'
import { z } from 'zod'
import { type Clock, randomId } from '../../shared/clock.ts'
import { invitationCode, readInvitationCode } from '../../shared/enrolment.ts'
import type { Store } from '../../shared/store.ts'
import { type Decoder, decoder } from '../../shared/wire.ts'

/**
 * Invitations of new agents: codes that are good once, for a quarter of an hour. The store knows
 * their hashes alone, so that whoever reads it can enrol nobody.
 */
export interface Invitations {
  create(invitation: Invitation): Promise<InvitationCode>
  /**
   * What the code was made for. It is good no more after this, whoever asks at the same time.
   * @returns `undefined` if there is none such: wrong, used or over
   */
  take(code: string): Promise<Taken | undefined>
}

export interface Invitation {
  readonly realms: readonly string[]
  /** Of the agent; that of its host unless given. */
  readonly name?: string
  /** CIDRs it may come from; none means any. */
  readonly networks: readonly string[]
}

export interface InvitationCode {
  readonly code: string
  /** Milliseconds since the epoch. */
  readonly expires: number
}

export interface Taken {
  readonly invitation: Invitation
  /** Makes the code good again, for as long as it would have been. */
  giveBack(): Promise<void>
}

/** Milliseconds. */
const invitationLifetime: number = 15 * 60_000

interface Stored {
  readonly invitation: Invitation
  readonly expires: number
}

/**
 * @param parts.store sealed
 * @param parts.channelKey gives the public key, base64 SPKI, that the agent will check the answer by
 */
export function createInvitations(parts: {
  store: Store
  clock: Clock
  channelKey: () => string
}): Invitations {
  const { store, clock, channelKey } = parts
  return {
    create: async (invitation) => {
      const secret = randomId(clock)
      const expires = clock.now() + invitationLifetime
      const stored: Stored = { invitation, expires }
      await store.set(keyOf(secret), JSON.stringify(stored), invitationLifetime)
      return { code: invitationCode(secret, channelKey()), expires }
    },
    take: async (code) => {
      const key = keyOf(readInvitationCode(code).secret)
      const text = await store.take(key)
      if (text === undefined) return undefined
      const { invitation, expires } = decodeStored(text)
      const left = () => expires - clock.now()
      return {
        invitation,
        giveBack: async () => {
          if (left() > 0) await store.set(key, text, left())
        },
      }
    },
  }
}

function keyOf(secret: string): string {
  return `agent-invitation:${createHash('sha256').update(secret).digest('hex')}`
}

const stored: z.ZodType<Stored> = z.strictObject({
  invitation: z.strictObject({
    realms: z.array(z.string()),
    name: z.string().exactOptional(),
    networks: z.array(z.string()),
  }),
  expires: z.int(),
})

const decodeStored: Decoder<Stored> = decoder('invitation', stored)
