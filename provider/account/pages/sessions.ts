import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { ListedSession } from '../../oidc/accounts/own-session.ts'
import { browserName } from '../browser-name.ts'
import type { Times } from '../times.ts'
import { accountPage, whose } from './frame.ts'

export interface ShownSession extends ListedSession {
  readonly place: string | undefined
}

export interface SessionsPage {
  readonly username: string
  readonly sessions: readonly ShownSession[]
  readonly times: Times
}

const path = '/account/sessions'

/** PURE. Where somebody is signed in. Forms: `end` (`session`), `end-all` (`which`). */
export function sessionsPage(page: SessionsPage): Page {
  const { username, sessions } = page
  return accountPage({
    path,
    username,
    title: 'Sessions',
    lead: html`The browsers in which you are signed in.`,
    content: html`<ul class="entries">
${sessions.map((session) => item(session, page))}</ul>
<section class="part" aria-labelledby="everywhere"><h2 id="everywhere">Sign out everywhere</h2>
<p>Apps in those browsers ask you to sign in again, within a quarter of an hour at the latest.
Remembered browsers ask for your second factor again.</p>
<form class="choice" method="post" action="${path}/end-all">
${whose(username)}
<button class="primary" name="which" value="others">Sign out everywhere else</button>
<button class="secondary" name="which" value="all">Sign out everywhere, here too</button>
</form></section>`,
  })
}

function item(session: ShownSession, { username, times }: SessionsPage): Html {
  const { id, isThis, at, browser, place, apps } = session
  const name = browserName(browser)
  return html`<li>
<h2>${name}${isThis && html` <span class="best">This browser</span>`}</h2>
<p class="note">Signed in ${times(at)}${
    place !== undefined &&
    html`<br>
<bdi>${place}</bdi>`
  }${
    apps.length > 0 &&
    html`<br>
Used for <bdi>${apps.join(', ')}</bdi>`
  }</p>
${
  !isThis &&
  html`<form method="post" action="${path}/end">
${whose(username)}<input type="hidden" name="session" value="${id}">
<button class="quiet">Sign out<span class="visually-hidden"> ${name}</span></button>
</form>`
}</li>
`
}

/** PURE. */
export function signedOutEverywherePage(): Page {
  return {
    title: 'You are signed out everywhere',
    content: html`<h1>You are signed out everywhere</h1>
<p>In all your browsers and on all your devices you are asked to sign in again, by some apps within
a quarter of an hour.</p>
<p><a href="/account">Sign in to your account</a></p>`,
  }
}
