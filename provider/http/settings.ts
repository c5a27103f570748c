import { isIP } from 'node:net'
import { z } from 'zod'
import { type ForwardedHeader, forwardedHeaders } from './client-address.ts'

/** How `provider.yaml` says who is believed about where people come from. */

export const trustedProxies: z.ZodType<readonly string[]> = z
  .array(z.string().refine(isAddressOrRange, 'must be an IP address or a range, as in 10.0.0.0/8'))
  .default([])
  .describe(
    'Addresses or ranges of the reverse proxies in front, and of nobody else: they are believed ' +
      'about where people come from.',
  )

export const forwardedHeader: z.ZodType<ForwardedHeader> = z
  .enum(forwardedHeaders)
  .default('x-forwarded-for')
  .describe(
    'The one header in which trusted proxies say so, the other is ignored: `forwarded` is that of RFC 7239.',
  )

function isAddressOrRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  if (prefix === undefined) return true
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128)
}
