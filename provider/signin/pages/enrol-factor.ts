import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { Begun } from '../../mfa/second-factors.ts'
import { type FactorFrame, framedPage, methodList } from './factor-parts.ts'
import { passkeyForm, withoutScript } from './passkey-form.ts'
import { qrCode } from './qr-code.ts'
import { codeField, sixDigits } from './second-factor.ts'

export interface ChooseFactorPage extends FactorFrame {
  /** What can be set up, the strongest first. */
  readonly methods: readonly FactorMethod[]
  /** The person may put it off so many times more, this one counted. */
  readonly skips?: number
  /** They have shown enough for now, and go on whatever they choose. */
  readonly isOffer?: boolean
}

/**
 * PURE. Asks what to set up. Its forms go to `enrol` (`method`) and, where it can be put off or is
 * an offer, `skip-enrolment`.
 */
export function chooseFactorPage(page: ChooseFactorPage): Page {
  const { action, methods, skips = 0, isOffer = false } = page
  return framedPage(page, {
    title: 'Secure your account',
    isDone: isOffer,
    content: html`<p>${isOffer ? passIsForNow : 'A password can be guessed or given away.'} ${
      methods.length > 0 ? 'Choose what else shows that it is you:' : cannotHere
    }</p>
${methods.length > 0 && methodList({ action: `${action}/enrol`, methods, recommends: methods.length > 1 })}
${(isOffer || skips > 0) && notNow(action, skips)}`,
  })
}

const passIsForNow = 'Your pass has let you in, but not for long.'
const cannotHere =
  'You will need something else that shows that it is you, and it cannot be set up from here: ask your help desk where.'

function notNow(action: string, skips: number): Html {
  return html`<form class="leave" method="post" action="${action}/skip-enrolment">
<button class="quiet">Not now</button>
${skips > 0 && html`<p class="hint">${skips === 1 ? 'This is the last time that you can put it off.' : `You can put it off ${skips} times.`}</p>`}
</form>`
}

export interface EnrolFactorPage extends FactorFrame {
  /** `passkey` or `totp`: what people set up for themselves. */
  readonly method: FactorMethod
  /** The challenge that is to be answered. */
  readonly begun: Begun
  /** There is more than this to choose from. */
  readonly hasOthers: boolean
  /** They have shown enough for now, and go on whatever they choose. */
  readonly isOffer?: boolean
}

/**
 * PURE. Sets one method up. Its forms go to `enrolment` (`challenge`, and `code` or `passkey`),
 * `other-enrolment`, back to the choice, and, of an offer, `skip-enrolment`.
 */
export function enrolFactorPage(page: EnrolFactorPage): Page {
  const { action, hasOthers, isOffer = false } = page
  const isPasskey = page.method === 'passkey'
  return framedPage(page, {
    title: isPasskey ? 'Set up a passkey' : 'Set up an app with codes',
    isDone: isOffer,
    ...(isPasskey && { scripts: ['passkey'] }),
    content: html`${isPasskey ? newPasskey(page) : newApp(page)}
${
  hasOthers &&
  html`<form class="leave" method="post" action="${action}/other-enrolment">
<button class="quiet">Choose another way</button>
</form>`
}
${isOffer && notNow(action, 0)}`,
  })
}

function newPasskey({ action, begun }: EnrolFactorPage): Html {
  return html`<p>From then on your finger, your face or the PIN of your device shows that it is you, or a
security key that you plug in. Your browser asks which, and where to keep the passkey.</p>
${withoutScript()}
${passkeyForm({
  action: `${action}/enrolment`,
  purpose: 'enrol',
  begun,
  button: 'Set up a passkey',
})}`
}

function newApp({ action, begun, message }: EnrolFactorPage): Html {
  const { uri, typed } = begun.shown
  return html`<ol class="steps">
<li>Open an authenticator app on your phone. If you have none, any of your phone’s app store will do.</li>
<li>Scan this with it:
${qrCode(String(uri), 'QR code for your authenticator app')}
<details><summary>I cannot scan it</summary>
<p>Type this key into the app:</p>
<p class="typed-secret">${String(typed)}</p>
</details></li>
<li>Enter the six digits that the app shows now.</li>
</ol>
<form method="post" action="${action}/enrolment">
<input type="hidden" name="challenge" value="${begun.id}">
${codeField({ label: 'Code', input: sixDigits, message })}
<button class="primary">Go on</button>
</form>`
}
