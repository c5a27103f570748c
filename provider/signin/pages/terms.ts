import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction } from '../../oidc/interaction.ts'
import type { Terms } from '../../terms/terms.ts'
import { appName } from './parts.ts'

export interface TermsPage {
  readonly interaction: Interaction
  readonly action: string
  readonly terms: Terms
}

/**
 * PURE. Terms to be accepted before the sign-in goes on. The form says which were read, so that
 * nobody accepts what came after: `terms` and `version`, and `decision`, `accept` or `decline`.
 */
export function termsPage({ interaction, action, terms }: TermsPage): Page {
  return {
    title: terms.title,
    returnSources: interaction.returnSources,
    content: html`<h1>${terms.title}</h1>
<p class="lead">to accept before you go on to ${appName(interaction.client)}</p>
<div class="terms">
${blocks(terms)}</div>
<form class="choice" method="post" action="${action}/terms">
<input type="hidden" name="terms" value="${terms.name}">
<input type="hidden" name="version" value="${terms.version}">
<button class="primary" name="decision" value="accept">Accept</button>
<button class="secondary" name="decision" value="decline">Decline</button>
</form>`,
  }
}

function blocks({ text }: Terms): readonly Html[] {
  return text.flatMap((block, at) => {
    if (block.kind === 'heading') return [html`<h2>${block.text}</h2>\n`]
    if (block.kind === 'paragraph') return [html`<p>${block.text}</p>\n`]
    // A list is drawn where its first item stands.
    if (text[at - 1]?.kind === 'item') return []
    const end = text.findIndex(({ kind }, later) => later > at && kind !== 'item')
    const items = text.slice(at, end < 0 ? undefined : end)
    return [
      html`<ul>${items.map((item) => html`<li>${item.text}</li>`)}</ul>
`,
    ]
  })
}
