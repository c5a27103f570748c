import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'
import { Fault } from '../../shared/fault.ts'

/**
 * The body of a request, as text.
 * @param limit bytes
 * @throws Fault `badForm` if it is longer, or breaks off
 */
export async function readBody(ctx: Koa.Context, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of chunksOf(ctx.req)) {
    size += chunk.length
    if (size > limit) {
      // The rest stays unread, so this connection is of no more use.
      ctx.set('Connection', 'close')
      throw new Fault('badForm', `a form of more than ${limit} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

// Leaving the loop must not destroy the socket, on which the refusal is still to be sent.
async function* chunksOf(request: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
    for await (const chunk of chunks) yield chunk
  } catch (cause) {
    throw new Fault('badForm', 'the form broke off', { cause })
  }
}
