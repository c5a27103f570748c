import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { AccountPath } from '../../oidc/account-client.ts'
import { accountNav } from '../../signin/pages/account-nav.ts'

/**
 * One of a person's own pages: the ways to the others, then what it is about. In this folder each
 * page is made of what is known, and does nothing.
 */
export function accountPage(page: {
  readonly path: AccountPath
  readonly username: string
  readonly title: string
  readonly lead?: Html
  readonly isProblem?: boolean
  readonly content: Html
}): Page {
  const { path, username, title, lead, isProblem, content } = page
  return {
    title,
    isWide: true,
    ...(isProblem !== undefined && { isProblem }),
    content: html`${accountNav(path)}
<h1>${title}</h1>
<p class="lead">${lead && html`${lead} `}Signed in as <strong class="app"><bdi>${username}</bdi></strong>.</p>
${content}`,
  }
}

/** Whose page a form was on: somebody else may have signed in in another window since. */
export function whose(username: string): Html {
  return html`<input type="hidden" name="username" value="${username}">`
}
