import { type Html, html } from '../http/html.ts'
import type { KnownAccount } from '../oidc/accounts/accounts.ts'

/** A moment as a person reads it. @param at milliseconds since the epoch */
export type Times = (at: number) => Html

/**
 * By the clock of whoever reads it, where the directory says which that is (`zoneinfo`, OpenID
 * Connect Core 1.0 section 5.1), and else in UTC: a page without a script does not know.
 */
export function timesOf({ claims }: Pick<KnownAccount, 'claims'>): Times {
  const format = formatIn(claims['zoneinfo']) ?? inZone('UTC')
  return (at) => {
    const date = new Date(at)
    return html`<time datetime="${date.toISOString()}">${format.format(date)}</time>`
  }
}

function formatIn(zone: unknown): Intl.DateTimeFormat | undefined {
  if (typeof zone !== 'string') return undefined
  try {
    return inZone(zone)
  } catch {
    // Whatever stands in the directory, it is no time zone.
    return undefined
  }
}

function inZone(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  })
}
