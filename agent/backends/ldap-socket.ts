import { once } from 'node:events'
import { connect as connectPlain, isIP, type LookupFunction, type Socket } from 'node:net'
import { type ConnectionOptions, connect as connectTls, TLSSocket } from 'node:tls'

/** Where an LDAP URL points. */
export interface Place {
  readonly secure: boolean
  readonly hostname: string
  readonly port: number
}

// Milliseconds. Firewalls forget connections on which nothing is said; this keeps them known, and
// finds out soon about one that has been forgotten.
const keepAliveDelay = 30_000

export function placeOf(url: string): Place {
  const { protocol, hostname, port } = new URL(url)
  const secure = protocol === 'ldaps:'
  const usualPort = secure ? 636 : 389
  return {
    secure,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? usualPort : Number(port),
  }
}

/** For people, without the scheme. */
export function hostOf({ hostname, port }: Place): string {
  return hostname.includes(':') ? `[${hostname}]:${port}` : `${hostname}:${port}`
}

/**
 * Starts connecting. The socket never raises an unhandled `error`.
 * @param options.lookup finds the address of the host; this machine's own way unless given
 */
export function startSocket(
  place: Place,
  { ca, lookup }: { readonly ca: string | undefined; readonly lookup?: LookupFunction },
): Socket {
  const { secure, hostname: host, port } = place
  const by = lookup && { lookup }
  const socket = secure
    ? connectTls({ ...expected(place, ca), ...by, port })
    : connectPlain({ host, ...by, port })
  return quiet(socket).setNoDelay(true).setKeepAlive(true, keepAliveDelay)
}

/** Starts TLS on a socket that is connected. */
export function startTlsOn(socket: Socket, place: Place, ca: string | undefined): Socket {
  return quiet(connectTls({ ...expected(place, ca), socket }))
}

/** Resolves when the socket is connected and, with TLS, when its server has shown who it is. */
export async function established(socket: Socket, signal: AbortSignal): Promise<void> {
  await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect', { signal })
}

/** Why the server's certificate was not accepted, such as `CERT_HAS_EXPIRED`. */
export function certificateError(socket: Socket | undefined): string | undefined {
  if (!(socket instanceof TLSSocket)) return undefined
  // Declared as an Error; in truth the check's code, or null.
  const error: unknown = socket.authorizationError
  return typeof error === 'string' ? error : undefined
}

// The certificate must carry the name that the URL has.
function expected({ hostname }: Place, ca: string | undefined): ConnectionOptions {
  return {
    host: hostname,
    // RFC 6066 section 3: an address is no server name.
    ...(isIP(hostname) === 0 && { servername: hostname }),
    ...(ca !== undefined && { ca }),
  }
}

function quiet<S extends Socket>(socket: S): S {
  return socket.on('error', () => {})
}
