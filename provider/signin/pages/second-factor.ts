import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { Begun } from '../../mfa/second-factors.ts'
import type { Message } from '../messages.ts'
import { type FactorFrame, framedPage, methodList } from './factor-parts.ts'
import { describedBy } from './parts.ts'
import { passkeyForm, withoutScript } from './passkey-form.ts'

export interface SecondFactorPage extends FactorFrame {
  readonly method: FactorMethod
  /** The challenge that is to be answered. */
  readonly begun: Begun
  /** What else the person has, the strongest first. */
  readonly others: readonly FactorMethod[]
  /** The policy lets a browser be remembered for so many days. */
  readonly rememberDays?: number
}

/**
 * PURE. Asks for the proof of one method. Its forms go to `second-factor` (`challenge`, and `code` or
 * `passkey`; `remember=yes`) and `other-factor` (`method`).
 */
export function secondFactorPage(page: SecondFactorPage): Page {
  const { action, method, others } = page
  const isPasskey = method === 'passkey'
  return framedPage(page, {
    title: texts[method].title,
    ...(isPasskey && { scripts: ['passkey'] }),
    content: html`${isPasskey ? passkeyProof(page) : codeProof(page, texts[method])}
${
  others.length > 0 &&
  html`<section class="others" aria-labelledby="others">
<h2 id="others">Use another way</h2>
${methodList({ action: `${action}/other-factor`, methods: others })}
</section>`
}`,
  })
}

function passkeyProof({ action, begun, rememberDays }: SecondFactorPage): Html {
  return html`<p>${texts.passkey.text}</p>
${withoutScript()}
${passkeyForm({
  action: `${action}/second-factor`,
  purpose: 'verify',
  begun,
  button: 'Use a passkey',
  fields: html`<div class="needs-script">${remember(rememberDays)}</div>`,
})}`
}

function codeProof(page: SecondFactorPage, { text, label, input }: MethodText): Html {
  return html`<p>${text}</p>
<form method="post" action="${page.action}/second-factor">
<input type="hidden" name="challenge" value="${page.begun.id}">
${codeField({ label, input, message: page.message })}
${remember(page.rememberDays)}
<button class="primary">Go on</button>
</form>`
}

export function codeField(field: {
  readonly label: string
  readonly input: Html
  readonly message: Message | undefined
}): Html {
  return html`<label for="code">${field.label}</label>
<input class="code" id="code" name="code" type="text" ${field.input}
 autocorrect="off" spellcheck="false" required autofocus${describedBy(field.message)}>`
}

function remember(days: number | undefined): Html | undefined {
  if (days === undefined) return undefined
  const time = days === 1 ? 'a day' : `${days} days`
  return html`<label class="tick"><input type="checkbox" name="remember" value="yes">
<span>Do not ask for this in this browser for ${time}. Only on a device of your own.</span></label>`
}

interface MethodText {
  readonly title: string
  readonly text: string
  readonly label: string
  /** Attributes of its field. */
  readonly input: Html
}

/** Of an app's code. Browsers and telephones offer to fill in what is called so. */
export const sixDigits: Html = html`inputmode="numeric" autocomplete="one-time-code" maxlength="12"`
const typedCode = html`autocomplete="off" autocapitalize="none" maxlength="64"`

const texts: Readonly<Record<FactorMethod, MethodText>> = {
  passkey: {
    title: 'Use your passkey',
    text: 'Your browser asks for your finger, your face or a PIN, or for your security key.',
    label: '',
    input: html``,
  },
  totp: {
    title: 'Enter the code',
    text: 'Open your authenticator app and look for the six digits that it shows for this account.',
    label: 'Code',
    input: sixDigits,
  },
  temporaryAccessPass: {
    title: 'Enter your temporary access pass',
    text: 'Your help desk has given it to you.',
    label: 'Temporary access pass',
    input: typedCode,
  },
  recoveryCode: {
    title: 'Enter a recovery code',
    text: 'One of those that you have put away. It works once: cross it out.',
    label: 'Recovery code',
    input: typedCode,
  },
}
