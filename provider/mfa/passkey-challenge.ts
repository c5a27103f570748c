import { generateAuthenticationOptions, generateRegistrationOptions } from '@simplewebauthn/server'
import { COSEALG, isoBase64URL } from '@simplewebauthn/server/helpers'
import { z } from 'zod'
import type { Clock } from '../../shared/clock.ts'
import { Fault } from '../../shared/fault.ts'
import type { Asked, Challenge } from './factor.ts'
import { passkeyDataOf } from './passkey-data.ts'
import type { PasskeySettings } from './passkey-settings.ts'
import type { RelyingParty } from './relying-party.ts'

/** What a challenge of a passkey asks to be remembered. */
export interface ExpectedPasskey {
  /** Base64url. */
  readonly challenge: string
  /** Milliseconds since the epoch. */
  readonly ends: number
  /** Of the passkey that is to be made. */
  readonly userHandle?: string
}

export interface PasskeyParts {
  readonly relyingParty: RelyingParty
  readonly settings: PasskeySettings
  readonly clock: Clock
}

/**
 * Milliseconds: to look for the security key in the other bag (WebAuthn Level 3, section 15.1, asks
 * for 5 to 10 minutes).
 */
const time = 5 * 60_000

/**
 * Signature algorithms, the preferred one first: what every browser and authenticator knows one of.
 * Named here, since the library's own list changes with what Node can do, and provider processes of
 * different versions have to agree.
 */
export const algorithms: COSEALG[] = [COSEALG.EdDSA, COSEALG.ES256, COSEALG.RS256]

/** `shown.options` is for `navigator.credentials.create()`, as JSON (WebAuthn section 5.1). */
export async function registrationChallenge(
  { relyingParty, settings, clock }: PasskeyParts,
  { person, registered }: Asked,
): Promise<Challenge> {
  if (person === undefined) throw new Fault('internal', 'a passkey is to be made for nobody')
  const mine = registered.map(passkeyDataOf)
  // Section 14.6.1: nothing about the person, since anybody who has the authenticator may read it.
  const userHandle = mine[0]?.userHandle ?? base64url(clock.randomBytes(32))
  const challenge = clock.randomBytes(32)
  const options = await generateRegistrationOptions({
    rpID: relyingParty.id,
    rpName: relyingParty.name,
    userName: person.username,
    userDisplayName: person.displayName ?? person.username,
    userID: bytes(userHandle),
    challenge: new Uint8Array(challenge),
    timeout: time,
    attestationType: settings.attestation,
    supportedAlgorithmIDs: algorithms,
    authenticatorSelection: {
      residentKey: settings.discoverable,
      userVerification: settings.userVerification,
    },
    excludeCredentials: mine.map(descriptor),
  })
  return { shown: { options }, expected: remembered(challenge, clock, userHandle) }
}

/**
 * `shown.options` is for `navigator.credentials.get()`. Somebody who has not said who they are is
 * asked for any passkey of ours. Who has is told the ids of theirs, so ask only after another proof
 * (section 14.6.3).
 */
export async function authenticationChallenge(
  { relyingParty, settings, clock }: PasskeyParts,
  { person, registered }: Asked,
): Promise<Challenge> {
  const challenge = clock.randomBytes(32)
  const { extensions: _none, ...options } = await generateAuthenticationOptions({
    rpID: relyingParty.id,
    challenge: new Uint8Array(challenge),
    timeout: time,
    // Nothing else will be asked, so it has to be two factors at once.
    userVerification: person === undefined ? 'required' : settings.userVerification,
    allowCredentials: registered.map(passkeyDataOf).map(descriptor),
  })
  return { shown: { options }, expected: remembered(challenge, clock) }
}

const schema: z.ZodType<ExpectedPasskey> = z.strictObject({
  challenge: z.string(),
  ends: z.number(),
  userHandle: z.string().exactOptional(),
})

/** PURE. What `expected` of a challenge says. */
export function readExpected(text: string): ExpectedPasskey {
  return schema.parse(JSON.parse(text))
}

function remembered(challenge: Buffer, clock: Clock, userHandle?: string): string {
  const expected: ExpectedPasskey = {
    challenge: base64url(challenge),
    ends: clock.now() + time,
    ...(userHandle !== undefined && { userHandle }),
  }
  return JSON.stringify(expected)
}

function descriptor(passkey: { credentialId: string; transports: readonly string[] }) {
  return { id: passkey.credentialId, transports: [...passkey.transports] }
}

function base64url(data: Buffer): string {
  return data.toString('base64url')
}

/** Of base64url, in the type that the library takes. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  return isoBase64URL.toBuffer(text)
}
