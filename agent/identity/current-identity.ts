import type { Clock } from '../../shared/clock.ts'
import type { SigningKey } from '../../shared/envelope-keys.ts'
import type { Identity } from './identity.ts'
import type { StoredIdentity } from './stored-identity.ts'

/** The identity of an agent that runs for longer than a certificate is good for. */
export interface CurrentIdentity extends Identity {
  stored(): StoredIdentity
  /** From now on this one; verdicts that were asked for by the old key are still signed with it. */
  use(next: StoredIdentity): void
}

// Milliseconds. A question lives for eight seconds, and who asked it may have heard the last
// heartbeat some seconds before.
const keptFor = 60_000

export function createCurrentIdentity(first: StoredIdentity, clock: Clock): CurrentIdentity {
  let stored = first
  let certificate = oneLine(first.certificatePem)
  let previous: readonly { readonly key: SigningKey; readonly until: number }[] = []

  return {
    stored: () => stored,
    key: () => stored.key,
    certificate: () => certificate,
    providerKeys: () => stored.providerKeys,
    keyFor: (id) => {
      if (id === undefined || id === stored.key.id) return stored.key
      const now = clock.now()
      return previous.find(({ key, until }) => key.id === id && now < until)?.key ?? stored.key
    },
    use: (next) => {
      const now = clock.now()
      if (next.key.id !== stored.key.id) {
        const kept = previous.filter(({ until }) => now < until)
        previous = [{ key: stored.key, until: now + keptFor }, ...kept]
      }
      stored = next
      certificate = oneLine(next.certificatePem)
    },
  }
}

/** PEM (RFC 7468) without its lines. */
function oneLine(pem: string): string {
  return pem.replaceAll(/-----[^-]+-----|\s/g, '')
}
