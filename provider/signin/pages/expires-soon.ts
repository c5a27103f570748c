import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Message } from '../messages.ts'
import { appName, problemBox } from './parts.ts'

export interface ExpiresSoonPage {
  readonly interaction: Interaction
  readonly action: string
  readonly days: number
  /** It has expired, and does so many times more. */
  readonly signInsLeft?: number
  /** What to do instead, where it cannot be changed here. */
  readonly elsewhere?: string
  readonly message?: Message
}

/** PURE. A notice that can be skipped: the password was right, and will not be for long. */
export function expiresSoonPage(page: ExpiresSoonPage): Page {
  const { interaction, action, message, elsewhere } = page
  const title =
    page.signInsLeft === undefined ? 'Your password expires soon' : 'Your password has expired'
  return {
    title,
    isProblem: message !== undefined,
    returnSources: interaction.returnSources,
    content: html`<h1>${title}</h1>
<p class="lead">before you go on to ${appName(interaction.client)}</p>
${message && problemBox(message)}
<p>${howLong(page)}${elsewhere !== undefined && html` ${elsewhere}`}</p>
${elsewhere === undefined && changeForm(page)}
<form method="post" action="${action}/later">
${elsewhere === undefined ? notNow : goOn}
</form>`,
  }
}

function changeForm({ action }: ExpiresSoonPage): Html {
  return html`<form method="post" action="${action}/change">
<button class="primary">Change it now</button>
</form>`
}

const notNow: Html = html`<button class="secondary">Not now</button>`
const goOn: Html = html`<button class="primary">Go on</button>`

function howLong({ days, signInsLeft, elsewhere }: ExpiresSoonPage): string {
  const canChange = elsewhere === undefined
  if (signInsLeft !== undefined) {
    return `${times(signInsLeft)}${canChange ? ' Change it now, while you can.' : ''}`
  }
  return `It expires ${when(days)}.${canChange ? ' You can change it now, or go on and be reminded tomorrow.' : ''}`
}

function times(left: number): string {
  if (left === 0) return 'This was the last time that you could sign in with it.'
  return `You can sign in with it ${left === 1 ? 'once more' : `${left} more times`}.`
}

function when(days: number): string {
  if (days === 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}
