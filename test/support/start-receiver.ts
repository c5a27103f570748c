import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A server that webhooks are posted to. */
export interface Receiver extends AsyncDisposable {
  readonly url: string
  /** Every post, also those it did not accept. */
  readonly posts: readonly Post[]
  /** How it answers from now on; `hang` never does. */
  answer(how: number | 'hang' | { readonly redirect: string }): void
}

export interface Post {
  readonly id: string
  readonly timestamp: string
  readonly signature: string
  readonly body: string
}

/** @param port where it stood before, to come back there */
export async function startReceiver(port = 0): Promise<Receiver> {
  const posts: Post[] = []
  let answer: Parameters<Receiver['answer']>[0] = 204
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const header = (name: string) => String(request.headers[`webhook-${name}`])
    const body = await text(request)
    const of = { id: header('id'), timestamp: header('timestamp'), signature: header('signature') }
    posts.push({ ...of, body })
    if (answer === 'hang') return
    if (typeof answer === 'number') response.writeHead(answer).end()
    else response.writeHead(307, { location: answer.redirect }).end()
  }
  const server = createServer((request, response) => void handle(request, response))
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/postern`,
    posts,
    answer: (how) => {
      answer = how
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
