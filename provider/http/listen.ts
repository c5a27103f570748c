import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'
import { Fault } from '../../shared/fault.ts'

/**
 * The listening socket, opened before the parts are built: a port in use is then said at once, and
 * port 0 is known by its number when the issuer's address is made from it.
 */
export interface Listening {
  readonly address: { readonly host: string; readonly port: number }
  serve(app: Koa): void
  /** Takes no new connection, ends idle ones, waits for requests in hand. */
  close(): Promise<void>
}

/** @throws Fault `listen` */
export async function listen(at: { host: string; port: number }): Promise<Listening> {
  const app =
    Promise.withResolvers<(request: IncomingMessage, response: ServerResponse) => unknown>()
  // Whoever asks before the parts are ready waits for them instead of being turned away.
  const server = createServer((request, response) => {
    void app.promise.then((handle) => handle(request, response))
  })
  await opened(server, at)
  const { address, port } = server.address() as AddressInfo
  return {
    address: { host: address, port },
    serve: (koa) => app.resolve(koa.callback()),
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()))
        server.closeIdleConnections()
      }),
  }
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
