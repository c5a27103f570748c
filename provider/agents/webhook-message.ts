import { createHmac, hash } from 'node:crypto'
import { Fault } from '../../shared/fault.ts'
import { type Alert, alertText } from './alert.ts'

/** PURE. What is posted for an alert, after the Standard Webhooks specification 1.0.0. */
export interface WebhookMessage {
  /** The same for each try, and for each provider process that tells of the same occasion. */
  readonly id: string
  readonly body: string
}

/**
 * @param said.at when it happened, milliseconds since the epoch
 * @param said.occasion names what happened, so that whoever notices it as well gives it the same id
 */
export function webhookMessage(
  { name, ...about }: Omit<Alert, 'occasion'>,
  said: { readonly at: number; readonly occasion: string },
): WebhookMessage {
  const { code, title } = alertText(name)
  const data = { code, title, ...about }
  return {
    id: `msg_${hash('sha256', `${name} ${said.occasion}`, 'base64url').slice(0, 27)}`,
    body: JSON.stringify({ type: name, timestamp: new Date(said.at).toISOString(), data }),
  }
}

/**
 * The headers that prove where it comes from and that it is not played again.
 * @param at milliseconds since the epoch, of this try
 */
export function webhookHeaders(
  { id, body }: WebhookMessage,
  secret: Buffer,
  at: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1000))
  const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  }
}

/**
 * @param text `whsec_` and 24 to 64 bytes in base64, or the base64 alone
 * @throws Fault `settings`
 */
export function webhookSecret(text: string): Buffer {
  const secret = Buffer.from(text.replace(/^whsec_/, ''), 'base64')
  const isBase64 = /^(whsec_)?[\d+/A-Za-z]+={0,2}$/.test(text)
  if (isBase64 && secret.length >= 24 && secret.length <= 64) return secret
  throw new Fault(
    'settings',
    "the webhook's secret must be 24 to 64 bytes in base64, as `openssl rand -base64 32` makes them",
  )
}
