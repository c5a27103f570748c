/** Both readable parts of a JWT (RFC 7519), unverified: for looking at, not for believing. */
export interface DecodedJwt {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** @returns `undefined` for a token that is no JWT but a reference to something the issuer knows */
export function decodeJwt(token: string): DecodedJwt | undefined {
  const [header, payload, signature] = token.split('.')
  if (header === undefined || payload === undefined || signature === undefined) return undefined
  try {
    return { header: readPart(header), payload: readPart(payload) }
  } catch {
    return undefined
  }
}

function readPart(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
}
