import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Message } from '../messages.ts'
import { appName, problemBox } from './parts.ts'

export interface ExpiresSoonPage {
  readonly interaction: Interaction
  readonly action: string
  readonly days: number
  readonly message?: Message
}

/** PURE. A notice that can be skipped: the password was right, and will not be for long. */
export function expiresSoonPage({ interaction, action, days, message }: ExpiresSoonPage): Page {
  return {
    title: 'Your password expires soon',
    isProblem: message !== undefined,
    returnSources: interaction.returnSources,
    content: html`<h1>Your password expires soon</h1>
<p class="lead">before you go on to ${appName(interaction.client)}</p>
${message && problemBox(message)}
<p>It expires ${when(days)}. You can change it now, or go on and be reminded tomorrow.</p>
<form method="post" action="${action}/change">
<button class="primary"${message === undefined && html` autofocus`}>Change it now</button>
</form>
<form method="post" action="${action}/later">
<button class="secondary">Not now</button>
</form>`,
  }
}

function when(days: number): string {
  if (days === 0) return 'today'
  return days === 1 ? 'tomorrow' : `in ${days} days`
}
