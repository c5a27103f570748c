import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type Koa from 'koa'
import { Fault } from '../../shared/fault.ts'

/**
 * The listening socket, opened before the parts are built: a port in use is then said at once, and
 * port 0 is known by its number when the issuer's address is made from it.
 */
export interface Listening {
  readonly address: { readonly host: string; readonly port: number }
  serve(app: Koa): void
  /** Takes no new connection, ends those without a request, waits for requests in hand. */
  close(): Promise<void>
}

// Milliseconds. A sign-in takes 8 s at most; who sends a request slower than this sends it for ever.
const usualPatience = 9_000

// Milliseconds. Node's own are 5 s, 60 s and 300 s. Reverse proxies keep a connection for 60 s (nginx,
// AWS), and one that we close at the moment they send a POST on it is a 502 for somebody who signs
// in; so they have to be the first. Whoever sends letter by letter is cut off sooner: all that is
// sent here is small.
const limits: ServerOptions = {
  keepAliveTimeout: 75_000,
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 5_000,
}

/**
 * @param patience milliseconds that `close` waits for requests in hand; 9 s unless given
 * @throws Fault `listen`
 */
export async function listen(
  at: { host: string; port: number },
  patience: number = usualPatience,
): Promise<Listening> {
  const app =
    Promise.withResolvers<(request: IncomingMessage, response: ServerResponse) => unknown>()
  // Whoever asks before the parts are ready waits for them instead of being turned away.
  const inHand = new Map<Socket, number>()
  const server = createServer(limits, (request, response) => {
    count(inHand, request.socket, 1)
    response.once('close', () => {
      const left = count(inHand, request.socket, -1)
      // Under load a connection that is kept would always bring one more request.
      if (!server.listening && left === 0) request.socket.destroySoon()
    })
    void app.promise.then((handle) => handle(request, response))
  })
  server.on('connection', (socket: Socket) => {
    inHand.set(socket, 0)
    socket.once('close', () => inHand.delete(socket))
  })
  await opened(server, at)
  const { address, port } = server.address() as AddressInfo
  return {
    address: { host: address, port },
    serve: (koa) => app.resolve(koa.callback()),
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      // Not `closeIdleConnections`: it spares those on which nothing has been asked yet, and
      // browsers open some in advance.
      for (const [socket, requests] of inHand) if (requests === 0) socket.destroy()
      const timer = setTimeout(() => server.closeAllConnections(), patience)
      await closed
      clearTimeout(timer)
    },
  }
}

/** @returns how many requests it has in hand now; none of one that has closed */
function count(inHand: Map<Socket, number>, socket: Socket, change: 1 | -1): number | undefined {
  const requests = inHand.get(socket)
  if (requests === undefined) return undefined
  inHand.set(socket, requests + change)
  return requests + change
}

function opened(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      reject(new Fault('listen', sentence(cause, `${host}:${port}`), { cause }))
    })
    server.listen(port, host, resolve)
  })
}

function sentence({ code, message }: NodeJS.ErrnoException, address: string): string {
  if (code === 'EADDRINUSE') {
    return `${address} is in use by another program; end that one, or choose another port`
  }
  if (code === 'EACCES') return `${address} needs rights that this user does not have`
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine`
  return `cannot listen on ${address}: ${message}`
}
