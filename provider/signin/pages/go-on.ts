import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { PageForm } from '../../oidc/pages.ts'
import { hiddenFields } from './parts.ts'

/** PURE. A form that is sent on by itself where scripts run, and by its button elsewhere. */
export function goOnPage({ form }: { readonly form: PageForm }): Page {
  return {
    title: 'One moment',
    scripts: ['go-on'],
    content: html`<h1>One moment</h1>
<p>If nothing happens, press the button.</p>
<form id="go-on" method="post" action="${form.action}">
${hiddenFields(form)}
<button class="primary">Continue</button>
</form>`,
  }
}
