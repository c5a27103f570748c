import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { changedElsewhere, type Message } from '../messages.ts'
import { accountNav } from './account-nav.ts'
import { newPasswordFields } from './new-password-fields.ts'
import { problemBox } from './parts.ts'

export interface OwnPasswordPage {
  /** Where the form goes. */
  readonly action: string
  readonly username: string
  readonly fullName: string
  /** Its name. */
  readonly organization: string
  readonly message?: Message
}

const nav = accountNav('/account/password')

/** PURE. Asks somebody who is signed in for the old password and a new one. */
export function ownPasswordPage(page: OwnPasswordPage): Page {
  const { action, username, message } = page
  return {
    title: 'Change your password',
    isWide: true,
    isProblem: message !== undefined,
    scripts: ['new-password'],
    content: html`${nav}
<h1>Change your password</h1>
<p class="lead">You stay signed in here, and nowhere else.</p>
${message && problemBox(message)}
<div class="who"><p><span class="visually-hidden">User name: </span><bdi>${username}</bdi></p></div>
<form method="post" action="${action}">
${newPasswordFields(page)}
<button class="primary">Change the password</button>
</form>`,
  }
}

/** PURE. It is done. */
export function passwordChangedPage(): Page {
  return {
    title: 'Your password is changed',
    isWide: true,
    content: html`${nav}
<h1>Your password is changed</h1>
<p>Use the new one from now on. In other browsers and on other devices you are asked to sign in
again, within a quarter of an hour at the latest.</p>
<p>You can close this window.</p>`,
  }
}

/** PURE. Where it cannot be changed here. */
export function changedElsewherePage(help: string | undefined): Page {
  return {
    title: 'Your password',
    isWide: true,
    content: html`${nav}
<h1>Your password</h1>
<p>${changedElsewhere(help)}</p>`,
  }
}

/** PURE. They were to sign in for it, and did not. @param signIn where they can, after all */
export function signInForItPage(signIn: string): Page {
  return {
    title: 'Change your password',
    content: html`<h1>Change your password</h1>
<p>To change your password, you have to sign in first.</p>
<p><a href="${signIn}">Sign in</a></p>`,
  }
}
