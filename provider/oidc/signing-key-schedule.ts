/**
 * PURE. When a key signs and for how long it is published.
 *
 * A new key is published at once and signs after a while, so that apps which keep our key set for
 * some minutes have it by then. The key before it stays published until nothing that it signed is
 * of use any more.
 */
export interface SigningKey {
  /** Its thumbprint, RFC 7638. */
  readonly kid: string
  readonly alg: SigningAlgorithm
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly signsFrom: number
  /** Private key, RFC 7517. */
  readonly jwk: Readonly<Record<string, string>>
}

export type SigningAlgorithm = 'RS256' | 'PS256' | 'ES256'

export const signingAlgorithms: readonly SigningAlgorithm[] = ['RS256', 'PS256', 'ES256']

export type KeyState = 'signing' | 'next' | 'retired' | 'gone'

export interface ScheduledKey {
  readonly key: SigningKey
  readonly state: KeyState
}

/**
 * @param now milliseconds since the epoch
 * @param retention milliseconds that a key stays published after its last signature
 * @returns all keys, those that sign first, then the next ones, then those of before
 */
export function schedule(
  keys: readonly SigningKey[],
  now: number,
  retention: number,
): readonly ScheduledKey[] {
  const scheduled = signingAlgorithms.flatMap((alg) => {
    const newestFirst = keys
      .filter((key) => key.alg === alg)
      .toSorted((a, b) => b.signsFrom - a.signsFrom)
    // If none has begun, the clock was set back; better the oldest than none.
    const begun = newestFirst.findIndex((key) => key.signsFrom <= now)
    const signing = begun === -1 ? newestFirst.length - 1 : begun
    return newestFirst.map((key, at) => {
      const successor = newestFirst[at - 1]
      return { key, state: stateOf(at - signing, now - (successor?.signsFrom ?? now), retention) }
    })
  })
  return scheduled.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
}

const order: readonly KeyState[] = ['signing', 'next', 'retired', 'gone']

function stateOf(distance: number, sinceSuccession: number, retention: number): KeyState {
  if (distance === 0) return 'signing'
  if (distance < 0) return 'next'
  return sinceSuccession < retention ? 'retired' : 'gone'
}
