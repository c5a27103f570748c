import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { PageForm } from '../../oidc/pages.ts'
import { appName, hiddenFields } from './parts.ts'

/** PURE. The pages of signing out (OpenID Connect RP-Initiated Logout 1.0). */
export function logoutPage(page: { readonly form: PageForm; readonly clientName?: string }): Page {
  const { form, clientName } = page
  return {
    title: 'Sign out?',
    content: html`<h1>Sign out?</h1>
${clientName !== undefined && html`<p class="lead">You have left ${appName({ name: clientName })}.</p>`}
<p>Do you want to sign out of everything you reached with this sign-in?</p>
<form class="choice" method="post" action="${form.action}">
${hiddenFields(form)}
<button class="primary" name="logout" value="yes">Yes, sign out everywhere</button>
<button class="secondary">No, stay signed in</button>
</form>`,
  }
}

export function signedOutPage({ clientName }: { readonly clientName?: string }): Page {
  const title = clientName === undefined ? 'You are signed out' : 'You are still signed in here'
  return {
    title,
    content:
      clientName === undefined
        ? html`<h1>${title}</h1>
<p>On a computer that others use, too, close the browser now.</p>`
        : html`<h1>${title}</h1>
<p>You have left ${appName({ name: clientName })}. Other apps do not ask you to sign in again.</p>`,
  }
}
