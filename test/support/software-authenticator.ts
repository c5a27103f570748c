import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

/**
 * A browser and a security key in one, in software: answers a challenge as both would (W3C WebAuthn
 * Level 3, sections 6 and 5.8.1; keys are P-256, attestation is none), or as somebody might who means
 * no good.
 */
export interface SoftwareAuthenticator {
  /** To `shown.options` of an enrolment: `RegistrationResponseJSON`. */
  create(options: unknown, otherwise?: Otherwise): RegistrationJson
  /** To `shown.options` of a proof: `AuthenticationResponseJSON`. @throws if it has no such passkey */
  get(options: unknown, otherwise?: Otherwise): AuthenticationJson
  /** One with the same passkeys and counters, which go their own ways from now on. */
  clone(): SoftwareAuthenticator
}

export interface RegistrationJson {
  readonly id: string
  readonly rawId: string
  readonly type: string
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports: readonly string[]
  }
}

export interface AuthenticationJson {
  readonly id: string
  readonly rawId: string
  readonly type: string
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string
  }
}

export interface Make {
  /** Where its browser is. */
  readonly origin: string
  readonly aaguid?: string
  /** It counts, unless its passkeys are synced. */
  readonly synced?: boolean
  /** Asks for a finger, say. */
  readonly verifies?: boolean
}

/** What is other than it should be in one answer. */
export interface Otherwise {
  readonly type?: string
  readonly challenge?: string
  readonly origin?: string
  readonly crossOrigin?: boolean
  readonly rpId?: string
  readonly present?: boolean
  readonly verified?: boolean
  readonly synced?: boolean
  readonly counter?: number
  readonly key?: KeyObject
  readonly userHandle?: string
}

interface Passkey {
  readonly id: string
  readonly userHandle: string
  readonly key: KeyObject
  counter: number
}

interface Options {
  readonly challenge: string
  readonly rp?: { readonly id: string }
  readonly rpId?: string
  readonly user?: { readonly id: string }
  readonly allowCredentials?: readonly { readonly id: string }[]
}

export function softwareAuthenticator(
  make: Make,
  from: Iterable<Passkey> = [],
): SoftwareAuthenticator {
  const passkeys = [...from].map((passkey) => ({ ...passkey }))

  function create(given: unknown, otherwise: Otherwise = {}): RegistrationJson {
    const options = given as Options
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const id = randomBytes(20)
    const passkey = {
      id: id.toString('base64url'),
      userHandle: options.user?.id ?? '',
      key: privateKey,
      counter: make.synced ? 0 : 1,
    }
    passkeys.push(passkey)
    const length = Buffer.from([0, id.length])
    const aaguid = Buffer.from((make.aaguid ?? zeroes).replaceAll('-', ''), 'hex')
    const attested = Buffer.concat([aaguid, length, id, coseKey(publicKey)])
    const data = { rpId: options.rp?.id ?? '', counter: passkey.counter, attested }
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', new Uint8Array(authenticatorData(make, data, otherwise))],
    ])
    return {
      ...envelope(passkey.id),
      response: {
        clientDataJSON: clientData('webauthn.create', options, make, otherwise).toString(
          'base64url',
        ),
        attestationObject: base64url(isoCBOR.encode(attestation as never)),
        transports: ['usb'],
      },
    }
  }

  function get(given: unknown, otherwise: Otherwise = {}): AuthenticationJson {
    const options = given as Options
    const { allowCredentials: allowed = [] } = options
    const passkey = passkeys.findLast(
      ({ id }) => allowed.length === 0 || allowed.some((one) => one.id === id),
    )
    if (passkey === undefined) throw new Error('none of these passkeys')
    if (!make.synced) passkey.counter += 1
    const data = { rpId: options.rpId ?? '', counter: passkey.counter }
    const authenticator = authenticatorData(make, data, otherwise)
    const client = clientData('webauthn.get', options, make, otherwise)
    const signed = Buffer.concat([authenticator, createHash('sha256').update(client).digest()])
    return {
      ...envelope(passkey.id),
      response: {
        clientDataJSON: base64url(client),
        authenticatorData: base64url(authenticator),
        signature: base64url(sign('sha256', signed, otherwise.key ?? passkey.key)),
        userHandle: otherwise.userHandle ?? passkey.userHandle,
      },
    }
  }

  return { create, get, clone: () => softwareAuthenticator(make, passkeys) }
}

/** The form that a page sends it in. */
export function passkeyForm(answer: unknown): ReadonlyMap<string, string> {
  return new Map([['passkey', JSON.stringify(answer)]])
}

const zeroes = '00000000-0000-0000-0000-000000000000'

function envelope(id: string) {
  return { id, rawId: id, type: 'public-key', clientExtensionResults: {} }
}

function clientData(type: string, options: Options, make: Make, otherwise: Otherwise): Buffer {
  const { challenge } = options
  const { origin } = make
  const said = { type, challenge, origin, crossOrigin: false }
  const { type: t, challenge: c, origin: o, crossOrigin: x } = { ...said, ...otherwise }
  return Buffer.from(JSON.stringify({ type: t, challenge: c, origin: o, crossOrigin: x }))
}

/** Section 6.1. */
function authenticatorData(make: Make, data: AuthenticatorData, otherwise: Otherwise): Buffer {
  const { rpId, counter, attested } = { ...data, ...otherwise }
  const count = Buffer.alloc(4)
  count.writeUInt32BE(counter)
  const hash = createHash('sha256').update(rpId).digest()
  const flags = Buffer.from([flagsOf(make, otherwise) | (attested === undefined ? 0 : 0x40)])
  return Buffer.concat([hash, flags, count, attested ?? Buffer.alloc(0)])
}

interface AuthenticatorData {
  readonly rpId: string
  readonly counter: number
  readonly attested?: Buffer
}

function flagsOf(make: Make, otherwise: Otherwise): number {
  const { verifies: verified = true, synced = false } = make
  const is = { present: true, verified, synced, ...otherwise }
  return (is.present ? 0x01 : 0) | (is.verified ? 0x04 : 0) | (is.synced ? 0x18 : 0)
}

/** RFC 9053, section 7.1.1: EC2, ES256, P-256. */
function coseKey(key: KeyObject): Uint8Array {
  const { x = '', y = '' } = key.export({ format: 'jwk' })
  const coordinate = (text: string) => new Uint8Array(Buffer.from(text, 'base64url'))
  return isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, coordinate(x)],
      [-3, coordinate(y)],
    ]),
  )
}

function base64url(data: Uint8Array): string {
  return Buffer.from(data).toString('base64url')
}
