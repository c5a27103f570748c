import type { IncomingMessage } from 'node:http'
import type Koa from 'koa'
import { Provider } from 'oidc-provider'

/**
 * What a request writes is on its way at once; the library's next step does not wait for it, the
 * answer does. So the five or six writes that end a sign-in leave in one packet and take one round
 * trip in place of one each, and still nobody holds a code or a token that is not stored.
 *
 * Only for writes that decide nothing: whether a code was used before has to be known at once. A
 * read behind such a write is asked on the same connection, after it, and finds what was written.
 */
const underway = new WeakMap<IncomingMessage, Promise<unknown>[]>()

/** Resolves at once within a request of the library, and otherwise when it is written. */
export async function meanwhile(write: Promise<unknown>): Promise<void> {
  const writes = Provider.ctx && underway.get(Provider.ctx.req)
  if (writes === undefined) {
    await write
    return
  }
  // Its failure is for the end of the request; until then nobody looks at it.
  write.catch(() => undefined)
  writes.push(write)
}

/**
 * Holds each answer back until all that it rests on is written.
 * @param fail makes the answer to what could not be written
 */
export function afterWrites(
  fail: (ctx: Koa.Context, thrown: unknown) => Promise<void>,
): Koa.Middleware {
  return async (ctx, next) => {
    const writes: Promise<unknown>[] = []
    underway.set(ctx.req, writes)
    await next()
    // Whatever goes on in the background of this request has nobody left to wait for it.
    underway.delete(ctx.req)
    try {
      await Promise.all(writes)
    } catch (thrown) {
      // The code, and the session, that there is nothing behind.
      for (const header of ['Location', 'Set-Cookie']) ctx.remove(header)
      await fail(ctx, thrown)
    }
  }
}
