import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'

/**
 * Signs the library's cookies, in the form that its cookie module expects of `keygrip` and in its
 * place: with SHA-256 in place of SHA-1, and with one HMAC for each check in place of three, since
 * keygrip compares by hashing both sides again under a random key. At some twenty checks a sign-in
 * that was a tenth of the whole provider's work.
 */
export class CookieSignatures {
  readonly #key: KeyObject

  /** @param key secret text that all processes of this provider share */
  constructor(key: string) {
    this.#key = createSecretKey(key, 'utf8')
  }

  /** @param data `name=value` */
  sign(data: string): string {
    return createHmac('sha256', this.#key).update(data).digest('base64url')
  }

  verify(data: string, signature: string): boolean {
    const expected = Buffer.from(this.sign(data))
    const given = Buffer.from(signature)
    return expected.length === given.length && timingSafeEqual(expected, given)
  }

  /** Which key the signature is made with; there is one, and it has the number 0. */
  index(data: string, signature: string): number {
    return this.verify(data, signature) ? 0 : -1
  }
}
