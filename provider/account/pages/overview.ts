import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { FactorView } from '../../mfa/second-factors.ts'
import type { AccountPath } from '../../oidc/account-client.ts'
import { accountPage } from './frame.ts'

export interface OverviewPage {
  readonly username: string
  readonly name?: string
  readonly factors: readonly FactorView[]
  /** How many. */
  readonly sessions: number
  readonly changesPassword: boolean
}

/** PURE. What there is to see and to change. */
export function overviewPage(page: OverviewPage): Page {
  const { username, name, factors, sessions, changesPassword } = page
  return accountPage({
    path: '/account',
    username,
    title: name ?? 'Your account',
    content: html`<ul class="entries links">
${entry('/account/password', 'Password', changesPassword ? 'Choose another one.' : 'How to change it.')}
${entry('/account/factors', 'Second factors', factorsText(factors))}
${entry('/account/sessions', 'Sessions', sessions === 1 ? 'You are signed in in this browser alone.' : `You are signed in in ${sessions} browsers.`)}
${entry('/account/sign-ins', 'Recent sign-ins', 'Look whether all of them were yours.')}
</ul>`,
  })
}

function entry(path: AccountPath, name: string, text: string): Html {
  return html`<li><a href="${path}">${name}</a>
<p class="note">${text}</p></li>`
}

function factorsText(factors: readonly FactorView[]): string {
  const lasting = factors.filter(({ method }) => method === 'passkey' || method === 'totp')
  if (lasting.length === 0) return 'None yet: your password alone protects your account.'
  return lasting.map(({ name }) => name).join(', ')
}
