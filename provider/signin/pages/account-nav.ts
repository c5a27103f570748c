import { type Html, html } from '../../http/html.ts'
import type { AccountPath } from '../../oidc/account-client.ts'

const tabs: readonly (readonly [AccountPath, string])[] = [
  ['/account', 'Overview'],
  ['/account/password', 'Password'],
  ['/account/factors', 'Second factors'],
  ['/account/sessions', 'Sessions'],
  ['/account/sign-ins', 'Recent sign-ins'],
]

/** The ways between a person's own pages. @param path of the page that it stands on */
export function accountNav(path: AccountPath): Html {
  return html`<nav class="tabs" aria-label="Your account">
<ul>
${tabs.map(
  ([
    to,
    name,
  ]) => html`<li><a href="${to}"${to === path && html` aria-current="page"`}>${name}</a></li>
`,
)}</ul>
</nav>`
}
