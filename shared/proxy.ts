import { once } from 'node:events'
import { type IncomingMessage, request as plainRequest, type RequestOptions } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { connect, isIP, type Socket } from 'node:net'
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls'
import { Fault } from './fault.ts'

/**
 * An HTTP proxy on the way out of somebody else's network. All that goes through it goes through a
 * tunnel (CONNECT, RFC 9110 section 9.3.6), so that it sees host names, ports and amounts.
 *
 * - `proxy-settings.ts` finds out which proxy there is, `proxy-exceptions.ts` what goes around it.
 * - `ask-web.ts` asks an HTTPS server through it; `redis/tunnel.ts` connects to Redis through it.
 */
export interface Proxy {
  /** `http://host:port`, or `https://` where the proxy itself is reached over TLS; no credentials. */
  readonly url: string
  /** Basic (RFC 7617), as the header has it. A secret. */
  readonly authorization?: string
  /** Whether a server is reached without it. */
  readonly goesAround: (server: Server) => boolean
  /**
   * Told what has come of each tunnel that was asked for.
   * @param server as `host:port`
   * @param isOpen also true where the proxy does its part, and the server is out of its reach
   */
  readonly onTunnel?: (server: string, isOpen: boolean) => void
}

export interface Server {
  /** A name or an address; an IPv6 address without brackets. */
  readonly host: string
  readonly port: number
}

/** Milliseconds in which a tunnel has to stand, with TLS inside it. */
export const tunnelWithin = 3_000

/**
 * A connection to a server: through the proxy, which then looks up the name, or directly where the
 * proxy is not for this server.
 *
 * @throws Fault `proxy` that says what the proxy answered, or that it did not; of a direct
 *   connection, what Node says
 */
export async function reach(proxy: Proxy, server: Server, signal: AbortSignal): Promise<Socket> {
  if (!proxy.goesAround(server)) return openTunnel(proxy, server, signal)
  const socket = connect(server)
  try {
    await once(socket, 'connect', { signal })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

/**
 * A connection to a server through the proxy, whatever its exceptions are.
 *
 * @throws Fault `proxy` that says what the proxy answered, or that it did not
 */
export async function openTunnel(
  proxy: Proxy,
  server: Server,
  signal: AbortSignal,
): Promise<Socket> {
  const target = isIP(server.host) === 6 ? `[${server.host}]` : server.host
  const path = `${target}:${server.port}`
  const asked = askForTunnel(proxy, path, signal)
  asked.catch(() => proxy.onTunnel?.(path, false))
  const { answer, socket } = await asked
  proxy.onTunnel?.(path, !refusals.has(answer.statusCode ?? 0))
  if (answer.statusCode === 200) return socket
  socket.destroy()
  throw new Fault('proxy', `the proxy ${proxy.url} ${refusal(answer, path)}`)
}

/**
 * TLS over a connection that stands already. Resolves when the server has shown a certificate that
 * will do, and not before: a password written earlier might reach one that has shown another.
 *
 * @throws what Node says of the certificate or the connection
 */
export async function openTls(
  socket: Socket,
  { host }: Server,
  options: ConnectionOptions & { signal?: AbortSignal } = {},
): Promise<TLSSocket> {
  const { signal = AbortSignal.timeout(tunnelWithin), ...more } = options
  // A certificate is compared with the name; an address may not be sent as one (RFC 6066, 3).
  const named = isIP(host) === 0 ? { servername: host } : {}
  const secure = tlsConnect({ host, ...named, ...more, socket })
  try {
    await once(secure, 'secureConnect', { signal })
    return secure
  } catch (error) {
    secure.on('error', ignore).destroy()
    socket.destroy()
    throw error
  }
}

function askForTunnel(
  proxy: Proxy,
  path: string,
  signal: AbortSignal,
): Promise<{ answer: IncomingMessage; socket: Socket }> {
  const { hostname, port, protocol } = new URL(proxy.url)
  const isTls = protocol === 'https:'
  const options: RequestOptions = {
    host: hostname.replace(/^\[(.*)\]$/, '$1'),
    port: port === '' ? (isTls ? 443 : 80) : Number(port),
    method: 'CONNECT',
    path,
    headers: {
      host: path,
      ...(proxy.authorization !== undefined && { 'proxy-authorization': proxy.authorization }),
    },
    agent: false,
  }
  return new Promise((resolve, reject) => {
    const asked = isTls ? tlsRequest(options) : plainRequest(options)
    // Only until the tunnel stands: as an option of the request, the signal would end it later on.
    const giveUp = () => asked.destroy(new Error('aborted'))
    signal.addEventListener('abort', giveUp)
    if (signal.aborted) giveUp()
    asked
      .once('close', () => signal.removeEventListener('abort', giveUp))
      .once('connect', (answer, stream, head) => {
        signal.removeEventListener('abort', giveUp)
        const socket = stream
        if (head.length > 0) socket.unshift(head)
        resolve({ answer, socket })
      })
      .once('error', (cause) => {
        const why = signal.aborted ? 'did not answer in time' : `failed: ${cause.message}`
        reject(new Fault('proxy', `the proxy ${proxy.url} ${why}`, { cause }))
      })
      .end()
  })
}

const refusals: ReadonlySet<number> = new Set([401, 403, 407])

function refusal({ statusCode = 0, statusMessage = '' }: IncomingMessage, path: string): string {
  // tinyproxy says 401 of a wrong password, and 407 where there is none.
  if (statusCode === 407 || statusCode === 401) {
    return `does not accept the user name or the password (${statusCode})`
  }
  if (statusCode === 403) return `does not let us connect to ${path} (403)`
  const words = `${statusCode} ${printable(statusMessage)}`.trim()
  return `could not connect to ${path}: it answered ${words}`
}

// Whoever answers in the proxy's place writes this, and it ends in a log and a terminal.
function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '').slice(0, 100)
}

function ignore(): void {}
