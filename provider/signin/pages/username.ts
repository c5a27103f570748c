import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Begun } from '../../mfa/second-factors.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Message } from '../messages.ts'
import { longestUsername } from '../password/username-step.ts'
import type { SamplePerson } from '../sample-person.ts'
import { appName, cancelForm, describedBy, problemBox } from './parts.ts'
import { passkeyForm } from './passkey-form.ts'

export interface UsernamePage {
  readonly interaction: Interaction
  /** Address of the sign-in, under which every step has its own. */
  readonly action: string
  /** What the field begins with: what was typed before, or the app's guess. */
  readonly username: string
  readonly message?: Message
  /** Local mode only. */
  readonly people: readonly SamplePerson[]
  /** A challenge for whoever it is, where people can sign in with a passkey alone. */
  readonly passkey?: Begun
}

/**
 * PURE. Asks who is there. Its forms go to `username`, and with a passkey to `passkey` (`challenge`,
 * `passkey`).
 */
export function usernamePage(page: UsernamePage): Page {
  const { interaction, action, message, passkey } = page
  return {
    title: 'Sign in',
    isProblem: message !== undefined,
    returnSources: interaction.returnSources,
    ...(passkey && { scripts: ['passkey'], scriptsAsk: true }),
    content: html`<h1>Sign in</h1>
<p class="lead">to continue to ${appName(interaction.client)}</p>
${message && problemBox(message)}
<form method="post" action="${action}/username">
<label for="username">User name</label>
<input id="username" name="username" type="text" value="${page.username}"
 autocomplete="${passkey ? 'username webauthn' : 'username'}" autocapitalize="none" autocorrect="off" spellcheck="false"
 maxlength="${longestUsername}" required autofocus${describedBy(message)}>
<button class="primary">Next</button>
</form>
${passkey && passkeyFirst(action, passkey)}
${page.people.length > 0 && picker(action, page.people)}
${cancelForm(action, interaction.client)}`,
  }
}

function passkeyFirst(action: string, begun: Begun): Html {
  return passkeyForm({
    action: `${action}/passkey`,
    purpose: 'verify',
    begun,
    button: 'Sign in with a passkey',
    anew: `${action}/passkey-challenge`,
    isInAutofill: true,
    isSecondary: true,
  })
}

function picker(action: string, people: readonly SamplePerson[]): Html {
  return html`<section class="picker" aria-labelledby="people">
<h2 id="people">People of local mode</h2>
<form method="post" action="${action}/username">
<ul>
${people.map(person)}
</ul>
</form>
</section>`
}

function person({ username, note }: SamplePerson): Html {
  return html`<li><button name="username" value="${username}">
<span class="name">${username}</span> <span class="note">${note}</span>
</button></li>
`
}
