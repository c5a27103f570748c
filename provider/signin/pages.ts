import { html } from '../http/html.ts'
import { type Page, renderPage } from '../http/layout.ts'
import type { OidcErrorPage, OidcPages } from '../oidc/pages.ts'
import type { OrganizationSettings } from '../settings.ts'
import { deviceDonePage, userCodeConfirmPage, userCodeInputPage } from './pages/device-code.ts'
import { goOnPage } from './pages/go-on.ts'
import { referenceLine } from './pages/parts.ts'
import { logoutPage, signedOutPage } from './pages/sign-out.ts'

/** The pages of flows that the OpenID Connect library runs, in the same frame as our own. */
export function createPages({
  organization,
}: {
  readonly organization: OrganizationSettings
}): OidcPages {
  const render = (page: Page) => renderPage(page, organization)
  return {
    userCodeInput: (page) => render(userCodeInputPage(page)),
    userCodeConfirm: (page) => render(userCodeConfirmPage(page)),
    deviceDone: (page) => render(deviceDonePage(page)),
    logout: (page) => render(logoutPage(page)),
    signedOut: (page) => render(signedOutPage(page)),
    goOn: (page) => render(goOnPage(page)),
    error: (page) => render(errorPage(page)),
  }
}

function errorPage(page: OidcErrorPage): Page {
  const { title = 'That did not work', text, technical, reference } = page
  return {
    title,
    content: html`<h1>${title}</h1>
<p>${text}</p>
${technical !== undefined && html`<p class="small-print">For the app’s developer: <code>${technical}</code></p>`}
${referenceLine(reference)}`,
  }
}
