import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { type FactorFrame, framedPage } from './factor-parts.ts'

/**
 * PURE. Tells somebody who has signed in some other way that a passkey would be less trouble. Its
 * forms go to `enrol` (`method`), `passkey-later` and `passkey-never`.
 */
export function passkeyNudgePage(page: FactorFrame): Page {
  const { action } = page
  return framedPage(page, {
    title: 'Less to type next time?',
    isDone: true,
    content: html`<p>With a passkey you sign in with your finger, your face or the PIN of this device: no password, no code,
and nothing that could be tricked out of you.</p>
<form method="post" action="${action}/enrol">
<button class="primary" name="method" value="passkey">Set up a passkey</button>
</form>
<form class="leave" method="post" action="${action}/passkey-later">
<button class="quiet">Not now</button>
</form>
<form class="leave" method="post" action="${action}/passkey-never">
<button class="quiet">Do not suggest it again</button>
</form>`,
  })
}
