import { askWeb } from '../../shared/ask-web.ts'
import { asFault } from '../../shared/fault.ts'
import type { Proxy } from '../../shared/proxy.ts'
import { type WebhookMessage, webhookHeaders } from './webhook-message.ts'

export interface Receiver {
  readonly url: string
  readonly secret: Buffer
  /** PEM of the authorities to trust, in place of those of the system. */
  readonly ca?: string
  readonly proxy?: Proxy | undefined
}

/**
 * One try. A redirection is not followed: the message was not meant for anybody else.
 *
 * @param how.at of this try, milliseconds since the epoch
 * @param how.timeout milliseconds
 * @returns why it was not accepted, if so
 */
export async function postWebhook(
  { url, secret, ca, proxy }: Receiver,
  message: WebhookMessage,
  how: { readonly at: number; readonly timeout: number; readonly ended: AbortSignal },
): Promise<string | undefined> {
  const headers = { ...webhookHeaders(message, secret, how.at), 'user-agent': 'Postern' }
  try {
    const { status } = await askWeb(new URL(url), {
      method: 'POST',
      body: message.body,
      headers,
      ...(ca !== undefined && { ca }),
      proxy,
      within: how.timeout,
      signal: how.ended,
    })
    return status >= 200 && status < 300 ? undefined : `HTTP ${status}`
  } catch (thrown) {
    return asFault(thrown).message
  }
}
