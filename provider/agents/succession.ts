import { z } from 'zod'
import type { AgentCertificate } from '../../shared/certificate.ts'
import { fingerprintOf } from '../../shared/enrolment.ts'

/**
 * Which of an agent's certificates is its latest. Each renewal is asked for with the one before, so
 * whoever copies an identity and renews it makes two lines of one: the first of them that asks
 * after the other has gone on is found out, however quiet it was until then.
 */
export interface Succession {
  /** Of the latest certificate's key. */
  readonly fingerprint: string
  /** When that certificate begins; milliseconds since the epoch. */
  readonly starts: number
  /** Of the key before: good until the latest was shown, since its answer may have been lost. */
  readonly before?: string
}

type Certified = Pick<AgentCertificate, 'publicKey' | 'starts'>

/** PURE. Of an agent that has just been enrolled. */
export function firstOf({ publicKey, starts }: Certified): Succession {
  return { fingerprint: fingerprintOf(publicKey), starts }
}

/**
 * PURE. What is known after an agent has shown a certificate, and may have been given another.
 * @param issued the same as `shown` if it wanted no other
 * @returns nothing if the identity has gone on without this certificate
 */
export function succeed(
  known: Succession | undefined,
  shown: Certified,
  issued: Certified,
): Succession | undefined {
  const fingerprint = fingerprintOf(shown.publicKey)
  // One that is newer than all we know of is ours, too: what we knew has been lost.
  const isLatest =
    known === undefined || known.fingerprint === fingerprint || known.starts < shown.starts
  if (!isLatest && known.before !== fingerprint) return undefined
  if (issued.publicKey === shown.publicKey) {
    return isLatest ? firstOf(shown) : known
  }
  return { ...firstOf(issued), before: fingerprint }
}

export const successionSchema: z.ZodType<Succession> = z.strictObject({
  fingerprint: z.string().max(128),
  starts: z.int().nonnegative(),
  before: z.string().max(128).exactOptional(),
})
