import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction, Refusal } from '../../oidc/interaction.ts'
import { appName, referenceLine } from './parts.ts'

export interface RefusedPage {
  readonly interaction: Interaction
  readonly action: string
  readonly refusal: Refusal
}

/** PURE. Says that a policy does not let somebody in, as far as it says why. */
export function refusedPage({ interaction, action, refusal }: RefusedPage): Page {
  const { client, returnSources } = interaction
  const title = 'You cannot go on here'
  return {
    title,
    isProblem: true,
    returnSources,
    content: html`<h1>${title}</h1>
<div class="problem" role="alert">
<p>${texts[refusal.because]}</p>
${refusal.reasons.map((reason) => html`<p>${reason}</p>`)}
${referenceLine(refusal.reference)}
</div>
<p>You wanted to use ${appName(client)}. There is nothing wrong with your password.</p>
<form method="post" action="${action}/leave">
<button class="primary">Return to <bdi>${client.name}</bdi></button>
</form>`,
  }
}

const texts: Readonly<Record<Refusal['because'], string>> = {
  blocked: 'A rule of your organization does not allow this sign-in.',
  unmet:
    'A rule of your organization asks for more than a password, a second factor say, and you have none that can be used here.',
}
