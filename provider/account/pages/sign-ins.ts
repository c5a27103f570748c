import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { SignInRecord } from '../../signin-log/sign-in-record.ts'
import type { Times } from '../times.ts'
import { accountPage } from './frame.ts'
import { platformNames } from './remembered-browsers.ts'
import { signInText } from './sign-in-text.ts'

export interface ShownSignIn {
  readonly record: SignInRecord
  readonly place: string | undefined
  /** What people call the app. */
  readonly app?: string
}

export interface SignInsPage {
  readonly username: string
  /** The newest first. */
  readonly signIns: readonly ShownSignIn[]
  readonly times: Times
}

/** PURE. What was done with an account of late. */
export function signInsPage({ username, signIns, times }: SignInsPage): Page {
  return accountPage({
    path: '/account/sign-ins',
    username,
    title: 'Recent sign-ins',
    lead: html`Look whether all of them were yours.`,
    content:
      signIns.length === 0
        ? html`<p>There are none to be shown.</p>`
        : html`<ul class="entries">
${signIns.map((signIn) => item(signIn, times))}</ul>`,
  })
}

function item(signIn: ShownSignIn, times: Times): Html {
  const { record } = signIn
  return html`<li>
${signInFacts(signIn, times)}
<p><a href="/account/sign-ins/not-me?reference=${encodeURIComponent(record.reference)}">This was not me<span class="visually-hidden">: ${signInText(record).title}, ${times(record.at)}</span></a></p>
</li>
`
}

/** One sign-in, in words. */
export function signInFacts({ record, place, app }: ShownSignIn, times: Times): Html {
  const { title, isRefused } = signInText(record)
  const platform = record.kind === 'check' ? undefined : record.platform
  return html`<h2${isRefused && html` class="refused"`}>${title}</h2>
<p class="note">${times(record.at)}${app !== undefined && html` · <bdi>${app}</bdi>`}${
    platform !== undefined && ` · ${platformNames.get(platform) ?? platform}`
  }${
    place !== undefined &&
    html`<br>
<bdi>${place}</bdi>`
  }</p>`
}
