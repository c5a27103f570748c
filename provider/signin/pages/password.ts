import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Message } from '../messages.ts'
import {
  appName,
  cancelForm,
  demandReasons,
  describedBy,
  problemBox,
  who,
  whoForm,
} from './parts.ts'

export interface PasswordPage {
  readonly interaction: Interaction
  readonly action: string
  readonly username: string
  readonly message?: Message
  /** Local mode only: filled in. */
  readonly password?: string
  /** Of somebody who is signed in. */
  readonly isAgain?: boolean
}

/** PURE. Asks for the password of the user name given before. */
export function passwordPage(page: PasswordPage): Page {
  const { interaction, action, username, message } = page
  const title = page.isAgain ? 'Enter your password again' : 'Enter your password'
  return {
    title,
    isProblem: message !== undefined,
    returnSources: interaction.returnSources,
    content: html`<h1>${title}</h1>
<p class="lead">to continue to ${appName(interaction.client)}</p>
${demandReasons(interaction)}
${message && problemBox(message)}
${page.isAgain ? who(username) : whoForm(action, username)}
<form method="post" action="${action}/password">
<input type="text" name="username" value="${username}" autocomplete="username" readonly hidden>
<label for="password">Password</label>
<input id="password" name="password" type="password"${value(page.password)}
 autocomplete="current-password" required autofocus${describedBy(message)}>
${page.password !== undefined && html`<p class="hint">Local mode: filled in for you.</p>`}
<button class="primary">Sign in</button>
</form>
${cancelForm(action, interaction.client)}`,
  }
}

function value(password: string | undefined): Html | undefined {
  return password === undefined ? undefined : html` value="${password}"`
}
