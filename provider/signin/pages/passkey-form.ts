import { type Html, html } from '../../http/html.ts'
import type { Begun } from '../../mfa/second-factors.ts'

/**
 * The form of a passkey. `browser/passkey.ts` asks the browser for one at the press of the button,
 * puts the answer into the hidden field and sends the form; a page has one of these at most.
 */
export function passkeyForm(form: {
  readonly action: string
  readonly purpose: 'enrol' | 'verify'
  readonly begun: Begun
  readonly button: string
  /** Where its script gets another challenge, on a page that may stay open for long. */
  readonly anew?: string
  /** Also offered among the user names that the browser knows. */
  readonly isInAutofill?: boolean
  /** One way among others, and not the one that most people come for. */
  readonly isSecondary?: boolean
  readonly fields?: Html | undefined
}): Html {
  const { action, purpose, begun, button } = form
  return html`<form class="passkey" id="passkey-form" method="post" action="${action}"
 data-purpose="${purpose}" data-options="${JSON.stringify(begun.shown['options'])}"${
   form.isInAutofill && html` data-autofill`
 }${form.anew !== undefined && html` data-anew="${form.anew}"`}>
<input type="hidden" name="challenge" id="passkey-challenge" value="${begun.id}">
<input type="hidden" name="passkey" id="passkey-answer">
${form.fields}
<p class="status" id="passkey-status" role="status"></p>
<button class="${form.isSecondary ? 'secondary' : 'primary'} needs-script" id="passkey-button">${button}</button>
</form>`
}

/** For pages that are about nothing else. */
export function withoutScript(): Html {
  return html`<noscript><p class="notice">A passkey needs JavaScript, which is turned off in this browser. Turn it
on and load this page again, or use another way.</p></noscript>`
}
