import { type Html, html } from '../../http/html.ts'
import type { Message } from '../messages.ts'
import { describedBy } from './parts.ts'

/** The fields that every form for a new password has. */
export function newPasswordFields(username: string, message: Message | undefined): Html {
  const isAboutOld = message?.field === 'password'
  const described = (isHere: boolean) => (isHere ? describedBy(message) : undefined)
  return html`<input type="text" name="username" value="${username}" autocomplete="username" readonly hidden>
<label for="password">Old password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 required autofocus${described(isAboutOld)}>
<label for="new-password">New password</label>
<input id="new-password" name="new-password" type="password" autocomplete="new-password"
 required${described(!isAboutOld)}>
<label for="new-password-again">New password, again</label>
<input id="new-password-again" name="new-password-again" type="password"
 autocomplete="new-password" required>`
}
