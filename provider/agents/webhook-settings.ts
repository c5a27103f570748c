import { z } from 'zod'
import { isLoopbackHost } from '../../shared/loopback-host.ts'
import { fileName } from '../../shared/settings/fields.ts'

/** Where admins are told of alerts beside the log. Files are relative to the settings file. */
export interface WebhookSettings {
  /** `https`, or `http` on a loopback host. */
  readonly url: string
  readonly secretFile: string
  readonly caFile?: string
}

const url = z.string().superRefine((text, context) => {
  const message = whyNotUrl(text)
  if (message !== undefined) context.addIssue({ code: 'custom', message })
})

export const webhookSettings: z.ZodType<WebhookSettings> = z
  .strictObject({
    url: url.describe('Where each alert is posted as JSON; https, or http on a loopback host.'),
    secretFile: fileName.describe(
      'File with the secret that signs what is posted, as standardwebhooks.com says: ' +
        'whsec_ and 24 to 64 bytes in base64, as `openssl rand -base64 32` makes them.',
    ),
    caFile: fileName
      .exactOptional()
      .describe('PEM file of the authorities that its certificate comes from, if not public.'),
  })
  .describe('Posts each alert to a server of yours.')

function whyNotUrl(text: string): string | undefined {
  const parsed = URL.parse(text)
  if (parsed === null) return 'must be a full address, as in https://hooks.corp.example/postern'
  if (parsed.username !== '' || parsed.password !== '') {
    return 'must have no user name or password in it'
  }
  const isPrivate = parsed.protocol === 'http:' && isLoopbackHost(parsed.hostname)
  if (parsed.protocol === 'https:' || isPrivate) return undefined
  return 'must begin with https:// (http:// is for loopback hosts alone)'
}
