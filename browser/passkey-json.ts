/**
 * Between the JSON of forms and what browsers take and give (WebAuthn Level 3, section 5.1). All of
 * them can do that themselves by now; by hand for those of before 2025, and for password managers
 * that put an object of their own in the place of the browser's.
 */
type Json = object

/** For `navigator.credentials.create()`. */
export function createdFrom(options: object): PublicKeyCredentialCreationOptions {
  if (typeof PublicKeyCredential.parseCreationOptionsFromJSON === 'function') {
    return PublicKeyCredential.parseCreationOptionsFromJSON(
      options as PublicKeyCredentialCreationOptionsJSON,
    )
  }
  // What we ask for has no extension whose loss would matter.
  const { extensions: _, ...json } = options as PublicKeyCredentialCreationOptionsJSON
  return {
    ...json,
    challenge: bytes(json.challenge),
    user: { ...json.user, id: bytes(json.user.id) },
    excludeCredentials: described(json.excludeCredentials),
  } as PublicKeyCredentialCreationOptions
}

/** For `navigator.credentials.get()`. */
export function foundFrom(options: object): PublicKeyCredentialRequestOptions {
  if (typeof PublicKeyCredential.parseRequestOptionsFromJSON === 'function') {
    return PublicKeyCredential.parseRequestOptionsFromJSON(
      options as PublicKeyCredentialRequestOptionsJSON,
    )
  }
  const { extensions: _, ...json } = options as PublicKeyCredentialRequestOptionsJSON
  return {
    ...json,
    challenge: bytes(json.challenge),
    allowCredentials: described(json.allowCredentials),
  } as PublicKeyCredentialRequestOptions
}

/** What the provider reads, as `toJSON()` has it. */
export function toJson(credential: PublicKeyCredential): Json {
  try {
    return credential.toJSON()
  } catch {
    const { id, rawId, type, response } = credential
    return { id, rawId: text(rawId), type, response: responseJson(response) }
  }
}

function responseJson(response: AuthenticatorResponse): Json {
  const clientDataJSON = text(response.clientDataJSON)
  if ('attestationObject' in response) {
    const made = response as AuthenticatorAttestationResponse
    const transports = made.getTransports?.() ?? []
    return { clientDataJSON, attestationObject: text(made.attestationObject), transports }
  }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse
  return {
    clientDataJSON,
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    ...(userHandle !== null && { userHandle: text(userHandle) }),
  }
}

function described(
  list: readonly PublicKeyCredentialDescriptorJSON[] = [],
): PublicKeyCredentialDescriptor[] {
  return list.map((one) => ({ ...one, id: bytes(one.id) }) as PublicKeyCredentialDescriptor)
}

/** Of base64url. */
function bytes(encoded: string): Uint8Array<ArrayBuffer> {
  const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** Base64url. */
function text(data: ArrayBuffer): string {
  const binary = String.fromCharCode(...new Uint8Array(data))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
