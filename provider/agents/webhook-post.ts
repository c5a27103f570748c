import { once } from 'node:events'
import { type IncomingMessage, request as plainRequest } from 'node:http'
import { request as tlsRequest } from 'node:https'
import { type WebhookMessage, webhookHeaders } from './webhook-message.ts'

export interface Receiver {
  readonly url: string
  readonly secret: Buffer
  /** PEM of the authorities to trust, in place of those of the system. */
  readonly ca?: string
}

/**
 * One try. A redirection is not followed: the message was not meant for anybody else.
 *
 * @param how.at of this try, milliseconds since the epoch
 * @param how.timeout milliseconds
 * @returns why it was not accepted, if so
 */
export async function postWebhook(
  { url, secret, ca }: Receiver,
  message: WebhookMessage,
  how: { readonly at: number; readonly timeout: number; readonly ended: AbortSignal },
): Promise<string | undefined> {
  const late = AbortSignal.timeout(how.timeout)
  const signal = AbortSignal.any([late, how.ended])
  const request = url.startsWith('https:') ? tlsRequest : plainRequest
  const headers = {
    ...webhookHeaders(message, secret, how.at),
    'content-type': 'application/json',
    'user-agent': 'Postern',
  }
  try {
    const asked = request(url, { method: 'POST', agent: false, headers, signal, ca })
    // `once` listens no more when the signal comes, and an error that nobody hears ends the process.
    asked.on('error', () => {})
    const answered = once(asked, 'response', { signal }) as Promise<[IncomingMessage]>
    asked.end(message.body)
    const [answer] = await answered
    // What it says beside that is nobody's business here, and may be long.
    answer.destroy()
    const status = answer.statusCode ?? 0
    return status >= 200 && status < 300 ? undefined : `HTTP ${status}`
  } catch (thrown) {
    if (late.aborted) return `no answer within ${how.timeout} ms`
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}
