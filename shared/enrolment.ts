import { createHash } from 'node:crypto'
import { z } from 'zod'
import { partName } from './settings/fields.ts'
import { type Decoder, decoder, wireVersion } from './wire.ts'

/**
 * What an agent and the provider say to each other over HTTPS: at `/agents/enrol` with the code of
 * an invitation, and at `/agents/renew` with a proof by the key of the certificate that it has. Both
 * are answered with a statement signed by the provider's channel key, so that a proxy that reads
 * TLS can plant no key of its own. JSON both ways, times in milliseconds since the epoch.
 */
export const enrolmentPaths: { readonly enrol: string; readonly renew: string } = {
  enrol: '/agents/enrol',
  renew: '/agents/renew',
}

export interface EnrolRequest {
  readonly v: typeof wireVersion
  /** As `postern agents invite` printed it, whole. */
  readonly code: string
  /** PKCS#10 in PEM (RFC 2986), by the new key; its subject does not matter. */
  readonly csr: string
  /** The name the agent's host gives itself. */
  readonly host: string
  /** Of the agent's software. */
  readonly version: string
}

export interface RenewRequest {
  readonly v: typeof wireVersion
  /** JWS `postern-renewal` over a `RenewalProof`, by the key of the certificate. */
  readonly proof: string
  /** The present one, PEM. */
  readonly certificate: string
}

export interface RenewalProof {
  readonly v: typeof wireVersion
  readonly agent: string
  readonly enrolment: string
  readonly at: number
  readonly nonce: string
  /** Whom it is meant for: a proof for one provider is none for another. */
  readonly issuer: string
  /** Ids of the provider's keys that are pinned, so that the answer is signed by one of them. */
  readonly trusts: readonly string[]
  /** For another key than the present one: PKCS#10 in PEM by the new key. */
  readonly csr?: string
}

/** 201 or 200. JWS `postern-enrolment-answer` over an `EnrolmentAnswer`. */
export interface SignedAnswer {
  readonly v: typeof wireVersion
  readonly answer: string
}

export interface EnrolmentAnswer {
  readonly v: typeof wireVersion
  readonly agent: string
  readonly enrolment: string
  readonly state: AgentState
  /** Those it was invited for; its certificate lists them once it is approved. */
  readonly realms: readonly string[]
  /** Of the key that was enrolled, as people compare it. */
  readonly fingerprint: string
  /** PEM. */
  readonly certificate: string
  readonly approvedUntil?: number
  /** Of the channel, base64 SPKI, newest first: to be pinned in place of all earlier ones. */
  readonly providerKeys: readonly string[]
  /** Where the agent finds Redis, and as whom; its password at the enrolment alone. */
  readonly redis?: EnrolmentRedis
  readonly serverTime: number
  /** Of the proof that this answers; an enrolment is answered with its key's fingerprint. */
  readonly nonce?: string
}

export interface EnrolmentRedis {
  readonly url?: string
  readonly sentinel?: { readonly name: string; readonly hosts: readonly string[] }
  readonly cluster?: readonly string[]
  readonly keyPrefix: string
  readonly username?: string
  readonly password?: string
  /** PEM of the authorities to trust for `rediss://`. */
  readonly ca?: string
}

/**
 * `pending` waits for its approval, `draining` only finishes what it holds, `quarantined` has done
 * what a good agent does not do, `revoked` is over for good.
 */
export type AgentState = (typeof agentStates)[number]
export const agentStates = ['pending', 'approved', 'draining', 'quarantined', 'revoked'] as const

/** 4xx or 5xx. */
export interface EnrolmentRefusal {
  readonly error: EnrolmentError
  /** For the person at the agent's host. */
  readonly message: string
}

/**
 * `invitation`: the code is wrong, used or over, and nobody is told which. `refused`: this agent may
 * not come back. `clock`: its clock is off, or the proof is an old one.
 */
export type EnrolmentError = (typeof enrolmentErrors)[number]
const enrolmentErrors = [
  'badRequest',
  'invitation',
  'nameTaken',
  'refused',
  'clock',
  'tooMany',
  'unavailable',
] as const

/** Bytes of a request's body. */
export const enrolmentBodyLimit: number = 16 * 1024

/** @param providerKey base64 SPKI of the channel key that the agent will find behind the code */
export function invitationCode(secret: string, providerKey: string): string {
  return `${secret}.${keyMark(providerKey)}`
}

/** What a code says: the secret, and whether a key of the provider's is the one it vouches for. */
export function readInvitationCode(code: string): {
  readonly secret: string
  readonly vouchesFor: (providerKey: string) => boolean
} {
  const [secret = '', mark = ''] = code.trim().split('.')
  return { secret, vouchesFor: (providerKey) => keyMark(providerKey) === mark }
}

/** SHA-256 of a public key in groups of four hexadecimal digits, as two people read it out. */
export function fingerprintOf(publicKey: string): string {
  return (digest(publicKey).toString('hex').match(/.{4}/g) ?? []).join(' ')
}

// 128 bits: nobody finds a second key with the same mark.
function keyMark(publicKey: string): string {
  return digest(publicKey).subarray(0, 16).toString('base64url')
}

function digest(publicKey: string): Buffer {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest()
}

const v = z.literal(wireVersion)
const id = z.string().min(1).max(64)
const time = z.int().nonnegative()
const pem = z.string().max(8192)

const enrolRequest: z.ZodType<EnrolRequest> = z.strictObject({
  v,
  code: z.string().min(1).max(128),
  csr: pem,
  host: z.string().min(1).max(253),
  version: z.string().min(1).max(32),
})

const renewRequest: z.ZodType<RenewRequest> = z.strictObject({ v, proof: pem, certificate: pem })

const renewalProof: z.ZodType<RenewalProof> = z.strictObject({
  v,
  agent: partName,
  enrolment: id,
  at: time,
  nonce: id,
  issuer: z.string().max(512),
  trusts: z.array(id).min(1).max(16),
  csr: pem.exactOptional(),
})

const signedAnswer: z.ZodType<SignedAnswer> = z.strictObject({ v, answer: z.string() })

const redis: z.ZodType<EnrolmentRedis> = z.strictObject({
  url: z.string().exactOptional(),
  sentinel: z.strictObject({ name: z.string(), hosts: z.array(z.string()) }).exactOptional(),
  cluster: z.array(z.string()).exactOptional(),
  keyPrefix: z.string(),
  username: z.string().exactOptional(),
  password: z.string().exactOptional(),
  ca: z.string().exactOptional(),
})

const enrolmentAnswer: z.ZodType<EnrolmentAnswer> = z.strictObject({
  v,
  agent: partName,
  enrolment: id,
  state: z.enum(agentStates),
  realms: z.array(partName),
  fingerprint: z.string().max(128),
  certificate: pem,
  approvedUntil: time.exactOptional(),
  providerKeys: z.array(z.string().max(1024)).min(1).max(16),
  redis: redis.exactOptional(),
  serverTime: time,
  nonce: id.exactOptional(),
})

const refusal: z.ZodType<EnrolmentRefusal> = z.strictObject({
  error: z.enum(enrolmentErrors),
  message: z.string().max(1000),
})

export const decodeEnrolRequest: Decoder<EnrolRequest> = decoder('enrolment', enrolRequest)
export const decodeRenewRequest: Decoder<RenewRequest> = decoder('renewal', renewRequest)
export const decodeRenewalProof: Decoder<RenewalProof> = decoder('renewal proof', renewalProof)
export const decodeSignedAnswer: Decoder<SignedAnswer> = decoder('signed answer', signedAnswer)
export const decodeEnrolmentAnswer: Decoder<EnrolmentAnswer> = decoder(
  'enrolment answer',
  enrolmentAnswer,
)
export const decodeRefusal: Decoder<EnrolmentRefusal> = decoder('refusal', refusal)
