import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { ChangeReason } from '../attempt.ts'
import type { Message } from '../messages.ts'
import { newPasswordFields } from './new-password-fields.ts'
import { appName, cancelForm, demandReasons, problemBox, who, whoForm } from './parts.ts'

export interface NewPasswordPage {
  readonly interaction: Interaction
  readonly action: string
  readonly username: string
  /** As far as it is known by now. */
  readonly fullName: string
  /** Its name. */
  readonly organization: string
  readonly because: ChangeReason
  readonly message?: Message
}

const reasons: Readonly<Record<ChangeReason, string>> = {
  passwordExpired: 'Your password has expired. Choose a new one, and you are signed in.',
  expiresSoon: 'Choose a new one, and you are signed in.',
  mustChangePassword: 'Your password must be changed. Choose a new one, and you are signed in.',
  policy: 'A rule of your organization asks for a new password now. Choose one to go on.',
}

/** PURE. Asks for the old password and a new one, of somebody who has shown the old one before. */
export function newPasswordPage(page: NewPasswordPage): Page {
  const { interaction, action, username, because, message } = page
  return {
    title: 'Choose a new password',
    isProblem: message !== undefined,
    scripts: ['new-password'],
    returnSources: interaction.returnSources,
    content: html`<h1>Choose a new password</h1>
<p class="lead">to continue to ${appName(interaction.client)}</p>
${message === undefined ? html`<p>${reasons[because]}</p>` : problemBox(message)}
${demandReasons(interaction)}
${because === 'policy' ? who(username) : whoForm(action, username)}
<form method="post" action="${action}/new-password">
${newPasswordFields(page)}
<button class="primary">Change and ${because === 'policy' ? 'go on' : 'sign in'}</button>
</form>
${
  because === 'expiresSoon'
    ? html`<form class="leave" method="post" action="${action}/later">
<button class="quiet">Not now</button>
</form>`
    : cancelForm(action, interaction.client)
}`,
  }
}
