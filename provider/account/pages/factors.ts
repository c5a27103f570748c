import { type Html, html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import type { FactorMethod } from '../../mfa/factor.ts'
import type { RememberedBrowser } from '../../mfa/remembered-browsers.ts'
import type { FactorView } from '../../mfa/second-factors.ts'
import { methodTexts } from '../../signin/pages/factor-parts.ts'
import { problemBox } from '../../signin/pages/parts.ts'
import type { Times } from '../times.ts'
import { accountPage, whose } from './frame.ts'
import { rememberedBrowserList } from './remembered-browsers.ts'

/** Why a form changed nothing. */
export type FactorNotice = 'lastOne' | 'notRenamed' | 'notHere'

export interface FactorsPage {
  readonly username: string
  readonly views: readonly FactorView[]
  /** They have shown who they are lately, and may change something. */
  readonly isStrong: boolean
  /** Where they do that. */
  readonly confirm: string
  readonly enrollable: readonly FactorMethod[]
  readonly browsers: readonly RememberedBrowser[]
  readonly times: Times
  readonly notice: FactorNotice | undefined
}

/**
 * PURE. What somebody has besides their password. Forms: `rename` (`factor`, `name`), `remove`
 * (`factor`), `recovery-codes`, `forget-browser` (`browser`).
 */
export function factorsPage(page: FactorsPage): Page {
  const { username, notice, isStrong, confirm, browsers, times } = page
  return accountPage({
    path: '/account/factors',
    username,
    title: 'Second factors',
    lead: html`What shows that it is you, besides your password.`,
    isProblem: notice !== undefined,
    content: html`${notice !== undefined && problemBox({ text: noticeTexts[notice] })}
${!isStrong && confirmFirst(confirm)}
${lasting(page)}
${recoveryCodes(page)}
${rememberedBrowserList({ browsers, username, times })}`,
  })
}

const noticeTexts: Readonly<Record<FactorNotice, string>> = {
  lastOne:
    'Your organization asks you for a second factor, so the last one stays. Add another one first, then remove this one.',
  notRenamed: 'Give it a name of 1 to 64 characters.',
  notHere:
    'Your organization lets nobody make recovery codes from where you are now. Try again at your workplace, or ask your help desk.',
}

function confirmFirst(confirm: string): Html {
  return html`<div class="notice confirm"><p>Before you change something here, show once more that it is you.</p>
<p><a class="button secondary" href="${confirm}">Confirm that it is you</a></p></div>`
}

const path = '/account/factors'

function lasting(page: FactorsPage): Html {
  const { views, isStrong, enrollable } = page
  const shown = views.filter(({ method }) => method !== 'recoveryCode')
  return html`${
    shown.length === 0
      ? html`<p>You have none yet. With one, whoever finds out your password still does not get in.</p>`
      : html`<ul class="entries">
${shown.map((view) => item(view, page))}</ul>`
  }
${isStrong && enrollable.length > 0 && html`<p><a class="button primary" href="${path}/add">Add another way</a></p>`}`
}

function item(view: FactorView, { times, isStrong, username }: FactorsPage): Html {
  const { id, name, method } = view
  return html`<li>
<h2><bdi>${name}</bdi></h2>
<p class="note">${methodTexts[method].name} · added ${times(view.createdAt)}${ended(view, times)}<br>
${view.lastUsedAt === undefined ? 'Not used yet' : html`Last used ${times(view.lastUsedAt)}`}</p>
${
  isStrong &&
  html`<div class="changes">${method !== 'temporaryAccessPass' && renaming(view, username)}
<details><summary>Remove<span class="visually-hidden"> ${name}</span></summary>
<form method="post" action="${path}/remove">
${whose(username)}<input type="hidden" name="factor" value="${id}">
<p>You cannot use it to sign in any more.</p>
<button class="secondary">Remove it</button>
</form></details></div>`
}</li>
`
}

function ended({ ends }: FactorView, times: Times): Html | undefined {
  return ends === undefined ? undefined : html` · good until ${times(ends)}`
}

function renaming({ id, name }: FactorView, username: string): Html {
  return html`<details><summary>Rename<span class="visually-hidden"> ${name}</span></summary>
<form method="post" action="${path}/rename">
${whose(username)}<input type="hidden" name="factor" value="${id}">
<label for="name-${id}">Name</label>
<input id="name-${id}" name="name" type="text" value="${name}" maxlength="64" required autocomplete="off">
<button class="secondary">Rename it</button>
</form></details>`
}

function recoveryCodes({ views, isStrong, username, times }: FactorsPage): Html {
  const codes = views.find(({ method }) => method === 'recoveryCode')
  return html`<section class="part" aria-labelledby="codes"><h2 id="codes">Recovery codes</h2>
<p>${
    codes === undefined
      ? 'You have none. With some put away on paper, you can sign in even without your phone or your key.'
      : html`${leftText(codes.left ?? 0)} Made ${times(codes.createdAt)}.`
  }</p>
${
  isStrong &&
  html`<form method="post" action="${path}/recovery-codes">${whose(username)}
<button class="secondary">${codes === undefined ? 'Make recovery codes' : 'Make new ones'}</button>
${codes !== undefined && html`<p class="hint">The old ones stop working then.</p>`}
</form>`
}</section>`
}

function leftText(left: number): string {
  if (left === 0) return 'You have used all of them.'
  return left === 1
    ? 'One is left that you have not used.'
    : `${left} are left that you have not used.`
}
