import { z } from 'zod'

/** The field in which a page sends what the browser answered, as JSON. */
export const passkeyField = 'passkey'

/** WebAuthn Level 3, section 5.1, `RegistrationResponseJSON`: what of it is read. */
export interface RegistrationResponse {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports: string[]
  }
}

/** `AuthenticationResponseJSON`, the same. */
export interface AuthenticationResponse {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    /** There if the authenticator found the passkey by itself. */
    readonly userHandle?: string
  }
}

const bytes = z.string().regex(/^[A-Za-z0-9_-]+$/)
// Section 4: at most 1023 bytes. It becomes a part of lists that are sent to browsers.
const credentialId = bytes.max(1364)
const common = { id: credentialId, rawId: credentialId, type: z.literal('public-key') }

// Hints for the browser that are kept and given back to it, so nothing but words.
const transports = z
  .array(z.string())
  .default([])
  .transform((all) => all.filter((word) => /^[a-z-]{1,20}$/.test(word)).slice(0, 8))

const registration = z.object({
  ...common,
  response: z.object({ clientDataJSON: bytes, attestationObject: bytes, transports }),
})

const authentication = z.object({
  ...common,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.nullish().transform((handle) => handle ?? undefined),
  }),
})

type Form = ReadonlyMap<string, string>

/** PURE. `undefined`: there is none in the form, or it is something else. */
export function registrationIn(form: Form): RegistrationResponse | undefined {
  return registration.safeParse(jsonIn(form)).data
}

/** PURE. The same. */
export function authenticationIn(form: Form): AuthenticationResponse | undefined {
  const { data } = authentication.safeParse(jsonIn(form))
  if (data === undefined) return undefined
  const { userHandle, ...response } = data.response
  return { ...data, response: { ...response, ...(userHandle !== undefined && { userHandle }) } }
}

/**
 * PURE. Who a passkey says its owner is, for whoever has not said: the user handle it was made with.
 * Nothing has been checked yet.
 */
export function userHandleIn(form: Form): string | undefined {
  return authenticationIn(form)?.response.userHandle
}

function jsonIn(form: Form): unknown {
  try {
    return JSON.parse(form.get(passkeyField) ?? '')
  } catch {
    return undefined
  }
}
