import { z } from 'zod'
import { Fault } from './fault.ts'
import { changeRefusedNames, type Outcome, refusedNames, unavailableReasons } from './outcome.ts'
import type { WarningCode } from './warning.ts'

/**
 * The messages inside the envelopes, and their strict decoding: an unknown version, an unknown
 * field or a field out of bounds is a `badMessage` fault, since both sides are ours and anything
 * else was not written by us. Times are milliseconds since the epoch, by the writer's clock.
 */
export const wireVersion = 1

/** Whom a message is from, for and about: both directions carry these, and they must agree. */
export interface Bound {
  readonly v: typeof wireVersion
  /** The request's id: random, 128 bits. */
  readonly id: string
  readonly agent: string
  readonly realm: string
  /** The provider process that asks and that alone reads the reply. */
  readonly instance: string
}

/** What an agent is asked: about a password, or about an account; never both. */
export type Question = PasswordQuestion | LookupQuestion

interface Asking extends Bound {
  /** When the provider sealed it. */
  readonly at: number
  /** After this nobody waits any more, and no directory may be asked. */
  readonly expires: number
  /** The number the person is shown if it fails, so that both logs can be joined. */
  readonly reference: string
}

/** Is this the person's password? */
export interface PasswordQuestion extends Asking {
  /** As typed, with its suffix. */
  readonly username: string
  readonly password: string
  /** The directory shall change `password` into this one; without it, the question is whether `password` is right. */
  readonly newPassword?: string
}

/** How is this account now? It carries no password, and counts toward no lockout. */
export interface LookupQuestion extends Asking {
  /** The directory's immutable id. */
  readonly accountId: string
}

export interface Verdict extends Bound {
  /** SHA-256, base64url, of the sealed question this answers: it can answer no other. */
  readonly requestHash: string
  readonly at: number
  readonly outcome: Outcome
  /** Which directory server said so; for the log. */
  readonly directory?: string
  /**
   * The agent has claimed the question and settled it without ever trying the password, so that
   * another agent may be asked.
   */
  readonly notTried?: true
}

/** A session key on its way to an agent. */
export interface SessionGrant {
  readonly v: typeof wireVersion
  readonly agent: string
  readonly instance: string
  /** 256 bits, base64url. */
  readonly key: string
  readonly at: number
  readonly expires: number
}

/** RSA public key that session keys are sealed to (RFC 7517). */
export interface Prekey {
  readonly kid: string
  readonly kty: 'RSA'
  readonly n: string
  readonly e: string
}

export interface Heartbeat {
  readonly v: typeof wireVersion
  readonly agent: string
  readonly at: number
  /** From 1, up by one with each heartbeat of a run. */
  readonly counter: number
  /** Which run of the agent's process this is. */
  readonly run: string
  readonly state: 'ready' | 'leaving'
  readonly realms: readonly string[]
  /** Of the agent's software. */
  readonly version: string
  /** Requests in hand, and the most it takes at once. */
  readonly inFlight: number
  readonly limit: number
  /** The newest one. */
  readonly prekey: Prekey
  /** Ids of the provider's keys that it has pinned: session grants signed by another are refused. */
  readonly trusts: readonly string[]
  /** What the agent itself has to warn of. One of a newer version may know more than we do. */
  readonly warnings: readonly WarningCode[]
}

const v = z.literal(wireVersion)
const id = z.string().min(1).max(64)
const name = z.string().min(1).max(128)
const time = z.int().nonnegative()
const bound = { v, id, agent: name, realm: name, instance: id }

const asking = { ...bound, at: time, expires: time, reference: id }
const accountId = z.string().min(1).max(255)

const passwordQuestion: z.ZodType<Question> = z.strictObject({
  ...asking,
  username: z.string().min(1).max(320),
  password: z.string().min(1).max(1024),
  newPassword: z.string().min(1).max(1024).exactOptional(),
})

const lookupQuestion: z.ZodType<Question> = z.strictObject({ ...asking, accountId })

const claimValue = z.union([
  z.string().max(4096),
  z.number(),
  z.boolean(),
  z.array(z.string().max(1024)).max(5000),
])

const account = z.strictObject({
  id: accountId,
  claims: z.record(z.string().min(1).max(64), claimValue),
  passwordChangedAt: z.number().exactOptional(),
  passwordExpiresAt: z.number().exactOptional(),
  signInsLeft: z.int().nonnegative().exactOptional(),
})

const outcome = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('ok'), account }),
  z.strictObject({ name: z.enum([...refusedNames, ...changeRefusedNames]) }),
  z.strictObject({
    name: z.literal('unavailable'),
    reason: z.enum(unavailableReasons),
    detail: z.string().max(500).exactOptional(),
  }),
])

const answered = {
  outcome,
  directory: z.string().max(255).exactOptional(),
  notTried: z.literal(true).exactOptional(),
}

/** What a backend says, as far as a verdict has room for it. */
export const backendAnswer: z.ZodType<Pick<Verdict, 'outcome' | 'directory' | 'notTried'>> =
  z.strictObject(answered)

const verdict: z.ZodType<Verdict> = z.strictObject({
  ...bound,
  requestHash: z.string().length(43),
  at: time,
  ...answered,
})

const sessionGrant: z.ZodType<SessionGrant> = z.strictObject({
  v,
  agent: name,
  instance: id,
  key: z.string().length(43),
  at: time,
  expires: time,
})

const heartbeat: z.ZodType<Heartbeat> = z.strictObject({
  v,
  agent: name,
  at: time,
  counter: z.int().positive(),
  run: id,
  state: z.enum(['ready', 'leaving']),
  realms: z.array(name).min(1).max(100),
  version: z.string().max(32),
  inFlight: z.int().nonnegative(),
  limit: z.int().positive(),
  prekey: z.strictObject({ kid: id, kty: z.literal('RSA'), n: z.string(), e: z.string() }),
  trusts: z.array(id).min(1).max(16),
  warnings: z.array(z.string().regex(/^PST-3\d\d$/)).max(20),
})

export const decodeQuestion: Decoder<Question> = decoder('question', (value) =>
  hasAccountId(value) ? lookupQuestion : passwordQuestion,
)
export const decodeVerdict: Decoder<Verdict> = decoder('verdict', verdict)
export const decodeSessionGrant: Decoder<SessionGrant> = decoder('session grant', sessionGrant)
export const decodeHeartbeat: Decoder<Heartbeat> = decoder('heartbeat', heartbeat)

/** @throws Fault `badMessage`, with field names and no values, since a value may be a password */
export type Decoder<T> = (text: string) => T

/**
 * @param what for messages
 * @param schema or how to tell which, so that a refusal names the fields of the right one
 */
export function decoder<T>(
  what: string,
  schema: z.ZodType<T> | ((value: unknown) => z.ZodType<T>),
): Decoder<T> {
  return (text) => {
    const value = parseJson(what, text)
    const chosen = typeof schema === 'function' ? schema(value) : schema
    const result = chosen.safeParse(value)
    if (result.success) return result.data
    const fields = result.error.issues.map((issue) => issue.path.join('.') || issue.code)
    throw new Fault('badMessage', `${what}: ${fields.join(', ')} not as agreed`)
  }
}

function hasAccountId(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'accountId' in value
}

function parseJson(what: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own message quotes the text, which may hold a password.
    throw new Fault('badMessage', `${what}: not JSON`)
  }
}
