import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { Interaction, InteractionClient } from '../../oidc/interaction.ts'
import type { ConsentRequest } from '../consent-request.ts'
import { appName } from './parts.ts'

export interface ConsentPage {
  readonly interaction: Interaction
  readonly action: string
  /** Who is signed in, as far as the directory said. */
  readonly person?: string
  readonly request: ConsentRequest
}

/** PURE. Asks whether the app may have what it wants. */
export function consentPage(page: ConsentPage): Page {
  const { interaction, action, person, request } = page
  const { client } = interaction
  const logo = httpsUrl(client.logoUri)
  return {
    title: `Allow ${client.name}?`,
    returnSources: interaction.returnSources,
    imageSources: logo === undefined ? [] : [logo.origin],
    content: html`${logo && html`<img class="app-logo" src="${logo.href}" alt="" width="64" height="64">`}
<h1>Allow ${appName(client)}?</h1>
${person !== undefined && html`<p class="lead">You are signed in as <strong><bdi>${person}</bdi></strong>.</p>`}
<p>${appName(client)} would like to:</p>
<ul class="scopes">
${request.own.map(
  (words) => html`<li>${words}</li>
`,
)}${request.resources.map(resourceItem)}</ul>
<form class="choice" method="post" action="${action}/consent">
<button class="primary" name="decision" value="allow">Allow</button>
<button class="secondary" name="decision" value="deny">Deny</button>
</form>
${smallPrint(client)}`,
  }
}

function resourceItem({ name, scopes }: ConsentRequest['resources'][number]): Html {
  const items = scopes.map((scope, index) => html`${index > 0 && ', '}<code>${scope}</code>`)
  return html`<li>Use <strong><bdi>${name}</bdi></strong> for you: ${items}</li>
`
}

function smallPrint({ policyUri, termsUri }: InteractionClient): Html | undefined {
  const links = [
    { url: httpsUrl(policyUri), text: 'How it uses your data' },
    { url: httpsUrl(termsUri), text: 'Its terms of service' },
  ].flatMap(({ url, text }) => (url === undefined ? [] : [html`<a href="${url.href}">${text}</a>`]))
  return links.length === 0 ? undefined : html`<p class="small-print">${links}</p>`
}

// Addresses out of client files: escaping does not make a `javascript:` link harmless.
function httpsUrl(text: string | undefined): URL | undefined {
  const url = text === undefined ? null : URL.parse(text)
  return url?.protocol === 'https:' ? url : undefined
}
