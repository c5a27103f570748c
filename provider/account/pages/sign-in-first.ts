import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'

/** PURE. They were to sign in for a page of their own, and did not. @param signIn where they can */
export function signInFirstPage(signIn: string): Page {
  return {
    title: 'Your account',
    content: html`<h1>Your account</h1>
<p>To see or change your account, you have to sign in first.</p>
<p><a href="${signIn}">Sign in</a></p>`,
  }
}
