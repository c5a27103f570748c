import type { SigningKey, VerifyingKey } from '../../shared/envelope-keys.ts'

/**
 * Who an agent is: its private key, the certificate that the provider has given it for that, and
 * the provider's keys that it has pinned. This folder keeps all three on disk, gets them at the
 * enrolment, and renews them while the agent runs.
 */
export interface Identity {
  /** What to sign with from now on. */
  key(): SigningKey
  /** Of that key; base64 DER, one line. */
  certificate(): string
  /**
   * A provider believes a verdict that is signed by the key it knew when it asked: after a renewal
   * that is the key before for a while.
   * @param id of the key that was asked for; the current one if that is not known
   */
  keyFor(id: string | undefined): SigningKey
  /** The provider's keys, newest first. */
  providerKeys(): readonly VerifyingKey[]
}

/** Of an agent that runs for a shorter time than a certificate is good for. */
export function fixedIdentity(fixed: {
  readonly key: SigningKey
  readonly certificate: string
  readonly providerKeys: readonly VerifyingKey[]
}): Identity {
  return {
    key: () => fixed.key,
    certificate: () => fixed.certificate,
    keyFor: () => fixed.key,
    providerKeys: () => fixed.providerKeys,
  }
}
