import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { changedElsewhere } from '../../signin/messages.ts'
import type { SigninRealm } from '../../signin/realm.ts'
import type { Times } from '../times.ts'
import { accountPage, whose } from './frame.ts'
import { type ShownSignIn, signInFacts } from './sign-ins.ts'

const path = '/account/sign-ins'

/** PURE. Says what is done about a sign-in that was somebody else's. Its form goes to `not-me`. */
export function notMePage(page: {
  readonly username: string
  readonly signIn: ShownSignIn
  readonly times: Times
}): Page {
  const { username, signIn, times } = page
  return accountPage({
    path,
    username,
    title: 'This was not you?',
    content: html`<div class="entries"><div>${signInFacts(signIn, times)}</div></div>
<p>Then somebody may know your password. Your account is signed out everywhere but in this browser,
remembered browsers are forgotten, your help desk is told, and you choose a new password.</p>
<form method="post" action="${path}/not-me">
${whose(username)}<input type="hidden" name="reference" value="${signIn.record.reference}">
<button class="primary">This was not me</button>
</form>
<p class="leave"><a href="${path}">It was me after all</a></p>`,
  })
}

/** PURE. */
export function notMeDonePage(page: {
  readonly username: string
  readonly realm: Pick<SigninRealm, 'changePasswords' | 'passwordHelp'> | undefined
}): Page {
  const { username, realm } = page
  return accountPage({
    path,
    username,
    title: 'Now choose a new password',
    content: html`<p>You are signed out everywhere else, and your help desk is told.</p>
${
  realm?.changePasswords === true
    ? html`<p>Whoever knows the old password could come back, so change it now.</p>
<p><a class="button primary" href="/account/password">Change your password</a></p>`
    : html`<p>Whoever knows your password could come back, so change it now. ${changedElsewhere(realm?.passwordHelp)}</p>`
}
<p>Look, too, whether all your <a href="/account/factors">second factors</a> are yours.</p>`,
  })
}
