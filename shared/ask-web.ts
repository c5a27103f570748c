import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import type { Socket } from 'node:net'
import { Fault } from './fault.ts'
import { openTls, openTunnel, type Proxy, type Server } from './proxy.ts'

/** What is asked of an HTTP server. */
export interface WebQuestion {
  readonly method: 'GET' | 'POST'
  /** Sent as `application/json`. */
  readonly body?: string
  /** Beside those that follow from the body. */
  readonly headers?: Readonly<Record<string, string>>
  /** PEM of the authorities to trust, in place of those of the system. */
  readonly ca?: string
  /** Gone through unless it is told to go around. */
  readonly proxy?: Proxy | undefined
  /** Milliseconds for all of it; 10,000 unless given. */
  readonly within?: number
  /** Gives it up. */
  readonly signal?: AbortSignal
}

export interface WebAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  /** What time the server has, to the second, in milliseconds since the epoch; if it says so. */
  readonly date?: number
}

// Characters; nobody who is asked has more to say, and whoever answers in their place may.
const longest = 256 * 1024

/**
 * One question over HTTPS, or over plain HTTP where the address says so, on a connection of its
 * own. `fetch` is not used because it cannot be told of a proxy.
 *
 * @returns whatever the server answers, refusals included; it is not followed anywhere
 * @throws Fault `proxy` if the proxy is what fails, `webDown` if the server cannot be reached or
 *   its certificate will not do
 */
export async function askWeb(url: URL, question: WebQuestion): Promise<WebAnswer> {
  const late = AbortSignal.timeout(question.within ?? 10_000)
  const signal = either(late, question.signal)
  try {
    const asked = await begin(url, question, signal)
    // `once` listens no more when the signal comes, and an error that nobody hears ends the process.
    asked.on('error', () => {})
    const answered = once(asked, 'response', { signal }) as Promise<[IncomingMessage]>
    asked.end(question.body)
    const [answer] = await answered
    let body = ''
    for await (const piece of answer.setEncoding('utf8')) {
      body += String(piece)
      if (body.length > longest) throw new Error('the answer is too long')
    }
    const contentType = answer.headers['content-type'] ?? ''
    const date = Date.parse(answer.headers.date ?? '')
    const status = answer.statusCode ?? 0
    return { status, contentType, body, ...(Number.isFinite(date) && { date }) }
  } catch (thrown) {
    if (thrown instanceof Fault) throw thrown
    throw new Fault('webDown', `${url.origin} cannot be reached: ${why(thrown, late)}`, {
      cause: thrown,
    })
  }
}

function either(late: AbortSignal, given: AbortSignal | undefined): AbortSignal {
  return given ? AbortSignal.any([late, given]) : late
}

async function begin(
  url: URL,
  { method, body, ca, proxy, headers: more }: WebQuestion,
  signal: AbortSignal,
): Promise<ClientRequest> {
  const isTls = url.protocol === 'https:'
  const server = serverOf(url)
  const headers = { ...more, ...(body !== undefined && { 'content-type': 'application/json' }) }
  const options = { method, headers, signal, ...(ca !== undefined && { ca }) }
  if (proxy === undefined || proxy.goesAround(server)) {
    const direct = { ...options, agent: false }
    return isTls ? tlsRequest(url, direct) : plainRequest(url, direct)
  }
  const socket = await throughProxy(proxy, server, { isTls, ca, signal })
  // With any `agent`, `false` included, Node would connect by itself, and around the proxy.
  return plainRequest(url, { ...options, protocol: 'http:', createConnection: () => socket })
}

async function throughProxy(
  proxy: Proxy,
  server: Server,
  { isTls, ca, signal }: { isTls: boolean; ca: string | undefined; signal: AbortSignal },
): Promise<Socket> {
  const socket = await openTunnel(proxy, server, signal)
  if (!isTls) return socket
  return openTls(socket, server, { signal, ...(ca !== undefined && { ca }) })
}

function serverOf(url: URL): Server {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port }
}

function why(thrown: unknown, late: AbortSignal): string {
  if (late.aborted) return 'no answer in time'
  return thrown instanceof Error ? thrown.message : String(thrown)
}
