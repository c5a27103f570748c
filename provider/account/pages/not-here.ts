import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { referenceLine } from '../../signin/pages/parts.ts'

/** PURE. A policy is against setting up a second factor here and now. */
export function notHerePage(reference: string, back: string): Page {
  return {
    title: 'Not from here',
    isProblem: true,
    content: html`<h1>Not from here</h1>
<p>Your organization lets nobody set this up from where you are now, or with what you have shown. Try
again at your workplace, or ask your help desk.</p>
${referenceLine(reference)}
<p class="leave"><a href="${back}">Back</a></p>`,
  }
}
