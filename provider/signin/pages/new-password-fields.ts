import { type Html, html } from '../../http/html.ts'
import { plenty } from '../../passwords/strength.ts'
import type { Message } from '../messages.ts'
import { describedBy } from './parts.ts'

/**
 * The fields that every form for a new password has. What is hidden is for `browser/new-password`,
 * which brings it out: without script it would say nothing.
 */
export function newPasswordFields(page: {
  readonly username: string
  readonly fullName: string
  readonly organization: string
  readonly message?: Message
}): Html {
  const { username, fullName, organization, message } = page
  const isAboutOld = message?.field === 'password'
  const described = (isHere: boolean) => (isHere ? describedBy(message) : undefined)
  return html`<input type="text" name="username" value="${username}" autocomplete="username" readonly hidden>
<label for="password">Old password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 required autofocus${described(isAboutOld)}>
<label for="new-password">New password</label>
<input id="new-password" name="new-password" type="password" autocomplete="new-password"
 required${described(!isAboutOld)}>
<div class="strength" id="strength" data-organization="${organization}"
 data-full-name="${fullName}" hidden>
<meter min="0" max="${plenty}" value="0"
 aria-label="Strength"></meter>
<p class="hint" id="strength-words" aria-live="polite">Longer is better. Avoid common words.</p>
</div>
<label for="new-password-again">New password, again</label>
<input id="new-password-again" name="new-password-again" type="password"
 autocomplete="new-password" required>
<label class="tick" id="show-passwords" hidden><input type="checkbox" autocomplete="off"> Show what I type</label>`
}
