import { createConnection } from 'node:net'

/**
 * One HTTP/1.1 connection with one request on it at a time (RFC 9112), and nothing else of a
 * client: what the load costs is taken from what it measures, and `node:http` would cost as much
 * for each sign-in as a third of bare oidc-provider.
 */
export interface HttpConnection {
  /** @throws if the connection ends, or the answer does not say how long it is */
  send(request: HttpRequest): Promise<HttpResponse>
  close(): void
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST'
  /** With its query. */
  readonly path: string
  /** By lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface HttpResponse {
  readonly status: number
  /** One line each, as received. */
  readonly head: string
  readonly text: string
}

/** @param port on loopback; `localhost` would be looked up anew for each connection */
export function openConnection(port: number): HttpConnection {
  const socket = createConnection({ host: '127.0.0.1', port, noDelay: true })
  // One character for each byte, so that lengths can be compared; all that matters is ASCII.
  socket.setEncoding('latin1')
  let received = ''
  let waiting: PromiseWithResolvers<HttpResponse> | undefined
  const fail = (error: Error) => {
    waiting?.reject(error)
  }
  socket.on('error', fail).on('close', () => fail(new Error('the connection was closed')))
  socket.on('data', (text: string) => {
    received += text
    try {
      const response = responseIn(received)
      if (response === undefined) return
      received = ''
      waiting?.resolve(response)
    } catch (error) {
      fail(error as Error)
    }
  })

  return {
    send: (request) => {
      waiting = Promise.withResolvers()
      socket.write(textOf(request), 'latin1')
      return waiting.promise
    },
    close: () => socket.destroy(),
  }
}

export function setCookies({ head }: HttpResponse): string[] {
  return [...head.matchAll(/^set-cookie: (.*)$/gim)].map(([, value = '']) => value)
}

/** Where the answer sends the browser on to. */
export function location({ head }: HttpResponse): string | undefined {
  return /^location: (.*)$/im.exec(head)?.[1]
}

function textOf({ method, path, headers, body = '' }: HttpRequest): string {
  const sized = method === 'POST' ? { ...headers, 'content-length': String(body.length) } : headers
  const lines = Object.entries(sized).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`
}

/** @returns `undefined` while it is not all there */
function responseIn(received: string): HttpResponse | undefined {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = received.slice(0, end).replaceAll('\r', '')
  const length = /^content-length: (\d+)$/im.exec(head)?.[1]
  if (length === undefined) throw new Error(`an answer of unknown length:\n${head}`)
  const text = received.slice(end + 4)
  if (text.length < Number(length)) return undefined
  return { status: Number(head.slice('HTTP/1.1 '.length, 12)), head, text }
}
