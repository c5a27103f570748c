import { type Html, html } from '../../../provider/http/html.ts'
import { utcTime } from '../../utc-time.ts'
import { decodeJwt } from './decode.ts'
import type { DemoPage } from './frame.ts'
import { plainError } from './plain-words.ts'
import type { SignedIn } from './relying-party.ts'
import { type Way, ways } from './ways.ts'

export function startPage(issuer: string): DemoPage {
  return {
    title: 'Nobody is signed in here',
    content: html`
<p class="lead">This is an ordinary app. It knows Postern by its address alone,
<code>${issuer}</code>, and shows all that an app receives from it.</p>
<ul class="ways">${ways.map(wayItem)}</ul>
<p class="quiet">Its source is <code>cli/local/demo</code>. How to connect an app of yours is told in
<code>docs/apps.md</code>.</p>`,
  }
}

function wayItem({ id, label, explained, clientId }: Way): Html {
  return html`
<li><a class="button" href="/demo/sign-in/${id}">${label}</a>
<span>${explained} <small>as <code>${clientId}</code></small></span></li>`
}

export function signedInPage(signedIn: SignedIn): DemoPage {
  const { claims, idToken, refreshToken } = signedIn
  return {
    title: `Signed in as ${personName({ ...claims, ...signedIn.userinfo })}`,
    content: html`
<form method="post" class="actions">
${refreshToken !== undefined && html`<button formaction="/demo/refresh">Refresh the tokens</button>`}
<button formaction="/demo/sign-out" class="plain">Sign out</button>
<a href="/demo/sign-in/again">Ask for the password again</a>
<a href="/account">Your account at Postern</a>
</form>
<section aria-labelledby="id-token"><h2 id="id-token">ID token</h2>
<p>Says who signed in, when and how. The library has checked its signature, issuer, audience,
expiry and nonce.</p>
${tokenDetails(idToken)}</section>
${accessTokenSection(signedIn)}
${userinfoSection(signedIn)}
<section aria-labelledby="refresh-token"><h2 id="refresh-token">Refresh token</h2>
<p>${refreshToken === undefined ? 'None was given.' : refreshTokenText}</p></section>`,
  }
}

function personName({ name, preferred_username: username, sub }: Record<string, unknown>): string {
  return [name, username, sub].find((each) => typeof each === 'string') ?? ''
}

const refreshTokenText =
  'Good for one use: each refresh gives a new one, and an old one that turns up again ends them all.'

function accessTokenSection({ accessToken, scope, expiresIn }: SignedIn): Html {
  return html`
<section aria-labelledby="access-token"><h2 id="access-token">Access token</h2>
<p>${decodeJwt(accessToken) ? 'A JWT, which the API reads by itself.' : opaqueText}
${expiresIn !== undefined && `It is valid for ${expiresIn} s.`}</p>
<p>Scope: <code>${scope ?? 'as asked for'}</code></p>
${tokenDetails(accessToken)}</section>`
}

const opaqueText =
  'Not a JWT: it means something to the provider alone, which APIs ask by introspection.'

function userinfoSection({ userinfo }: SignedIn): Html {
  return html`
<section aria-labelledby="userinfo"><h2 id="userinfo">Userinfo</h2>
${userinfo ? claimTable(userinfo) : html`<p>This access token is for another API.</p>`}</section>`
}

function claimTable(claims: Readonly<Record<string, unknown>>): Html {
  const rows = Object.entries(claims).map(
    ([name, value]) =>
      html`<tr><th scope="row">${name}</th><td>${claimValue(name, value)}</td></tr>`,
  )
  return html`<table>${rows}</table>`
}

const times = new Set(['iat', 'exp', 'nbf', 'auth_time', 'updated_at'])

// NumericDate (RFC 7519 section 2): seconds since the epoch.
function claimValue(name: string, value: unknown): Html {
  if (times.has(name) && typeof value === 'number') {
    return html`<code>${value}</code> <small>${utcTime(value * 1000)}</small>`
  }
  return html`<code>${typeof value === 'string' ? value : JSON.stringify(value)}</code>`
}

function tokenDetails(token: string): Html {
  const decoded = decodeJwt(token)
  return html`
${decoded && claimTable(decoded.payload)}
<details><summary>As it was received</summary>
${decoded && html`<p>Header: <code>${JSON.stringify(decoded.header)}</code></p>`}
<pre>${token}</pre></details>`
}

export function problemPage(thrown: unknown): DemoPage {
  const { title, explained, technical } = plainError(thrown)
  return {
    title,
    content: html`
<p class="lead">${explained}</p>
<pre>${technical}</pre>
<p><a class="button" href="/demo">Back to the start</a></p>`,
  }
}
