import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { PageForm, UserCodeInput, UserCodeProblem } from '../../oidc/pages.ts'
import { appName, describedBy, hiddenFields, problemBox } from './parts.ts'

/** PURE. The pages of signing in on another device (RFC 8628). */
export function userCodeInputPage({ form, code, problem }: UserCodeInput): Page {
  const message = problem && { text: texts[problem], isInvalid: true }
  return {
    title: 'Connect a device',
    isProblem: problem !== undefined && problem !== 'aborted',
    content: html`<h1>Connect a device</h1>
<p class="lead">Enter the code that your device shows.</p>
${message && (problem === 'aborted' ? notice(message.text) : problemBox(message))}
<form method="post" action="${form.action}">
${hiddenFields(form)}
<label for="user_code">Code</label>
<input class="code" id="user_code" name="user_code" type="text" value="${code ?? ''}"
 autocomplete="off" autocapitalize="characters" autocorrect="off" spellcheck="false"
 maxlength="32" required autofocus${problem !== 'aborted' && describedBy(message)}>
<button class="primary">Next</button>
</form>`,
  }
}

export function userCodeConfirmPage(page: {
  readonly form: PageForm
  readonly clientName: string
  readonly userCode: string
}): Page {
  return {
    title: 'Is this your device?',
    content: html`<h1>Is this your device?</h1>
<p class="lead">${appName({ name: page.clientName })} wants to sign in there with your account.</p>
<p>Your device must show this code:</p>
<p class="user-code">${page.userCode}</p>
<p>Go on only if you see it in front of you. Whoever sent you this code would otherwise be signed in
as you.</p>
<form class="choice" method="post" action="${page.form.action}">
${hiddenFields(page.form)}
<button class="primary">Yes, it is the same</button>
<button class="secondary" name="abort" value="yes">No, stop</button>
</form>`,
  }
}

export function deviceDonePage({ clientName }: { readonly clientName: string }): Page {
  return {
    title: 'Your device is connected',
    content: html`<h1>Your device is connected</h1>
<p>You are signed in to ${appName({ name: clientName })} there. You can close this window.</p>`,
  }
}

function notice(text: string): Html {
  return html`<p class="notice" role="status">${text}</p>`
}

const texts: Readonly<Record<UserCodeProblem, string>> = {
  missing: 'Enter the code.',
  unknown: 'No device is waiting with this code. Check it, or start again on the device.',
  expired: 'This code is too old. Start again on the device to get a new one.',
  used: 'This code has been used already. Start again on the device to get a new one.',
  aborted: 'The device was not connected. You can close this window.',
}
