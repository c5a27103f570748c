import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** An app that is told of ended sessions (OpenID Connect Back-Channel Logout 1.0). */
export interface LogoutApp extends AsyncDisposable {
  readonly url: string
  /** The claims of each logout token, in order. */
  readonly heard: readonly Readonly<Record<string, unknown>>[]
}

export async function startLogoutApp(): Promise<LogoutApp> {
  const heard: Record<string, unknown>[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const token = new URLSearchParams(await text(request)).get('logout_token') ?? ''
    const [, payload = ''] = token.split('.')
    heard.push(JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>)
    response.writeHead(204).end()
  }
  const server = createServer((request, response) => void take(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logout`,
    heard,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
