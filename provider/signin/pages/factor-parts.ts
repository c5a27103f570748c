import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Message } from '../messages.ts'
import { appName, cancelForm, problemBox } from './parts.ts'

/** What the pages of second factors have in common: in a sign-in, or among a person's own pages. */
export interface FactorFrame {
  /** The sign-in that waits for it. */
  readonly interaction?: Interaction
  /** Under this address every form has its own. */
  readonly action: string
  /** Who sits there has been found out. */
  readonly username: string
  /** Why it is asked for, in the policy's words. */
  readonly reasons?: readonly string[]
  readonly message?: Message
  /** Where to, for whoever does not want to; if no sign-in waits. */
  readonly back?: string
}

/** What people call a method, and know of it. */
export const methodTexts: Readonly<
  Record<FactorMethod, { readonly name: string; readonly is: string }>
> = {
  passkey: {
    name: 'Passkey or security key',
    is: 'Your finger, your face or the PIN of your device, or a key that you plug in. No other site can ask for it.',
  },
  totp: {
    name: 'App with codes',
    is: 'An authenticator app on your phone shows six digits, also without a network.',
  },
  temporaryAccessPass: {
    name: 'Temporary access pass',
    is: 'Your help desk has given it to you.',
  },
  recoveryCode: {
    name: 'Recovery code',
    is: 'One of those that you have put away for this.',
  },
}

export function framedPage(
  frame: FactorFrame,
  page: {
    readonly title: string
    readonly content: Html
    readonly scripts?: Page['scripts']
    /** Whoever has done all that was asked goes on, and has no reason to leave. */
    readonly isDone?: boolean
  },
): Page {
  const { interaction, reasons = [], message } = frame
  const { title, content, scripts, isDone = false } = page
  return {
    title,
    isProblem: message !== undefined,
    ...(interaction && { returnSources: interaction.returnSources }),
    ...(scripts && { scripts }),
    content: html`<h1>${title}</h1>
${interaction && html`<p class="lead">to continue to ${appName(interaction.client)}</p>`}
${reasons.map((reason) => html`<p>${reason}</p>`)}
${message && problemBox(message)}
<div class="who"><p><span class="visually-hidden">User name: </span><bdi>${frame.username}</bdi></p></div>
${content}
${!isDone && leave(frame)}`,
  }
}

function leave({ interaction, action, back }: FactorFrame): Html | undefined {
  if (interaction !== undefined) return cancelForm(action, interaction.client)
  return back === undefined ? undefined : html`<p class="leave"><a href="${back}">Back</a></p>`
}

/** One form with a button for each method. */
export function methodList(list: {
  readonly action: string
  readonly methods: readonly FactorMethod[]
  /** Says which is the best, where people choose for a long time. */
  readonly recommends?: boolean
}): Html {
  return html`<form class="methods" method="post" action="${list.action}">
<ul>
${list.methods.map((method, index) => methodItem(method, list.recommends === true && index === 0))}</ul>
</form>`
}

function methodItem(method: FactorMethod, isBest: boolean): Html {
  const { name, is } = methodTexts[method]
  return html`<li><button name="method" value="${method}">
<span class="name">${name}</span>${isBest && html` <span class="best">Safest</span>`}
<span class="note">${is}</span>
</button></li>
`
}
