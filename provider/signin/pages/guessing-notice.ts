import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { noticeMessage } from '../../mfa/messages.ts'
import type { GuessingNotice } from '../../mfa/second-factors.ts'
import { type FactorFrame, framedPage } from './factor-parts.ts'

export interface GuessingNoticePage extends FactorFrame {
  readonly notice: GuessingNotice
  /** Where its form goes; `notice-read` unless given. */
  readonly form?: string
}

/**
 * PURE. Tells somebody that there were ten wrong answers in a row; shown to whoever has just given a
 * right one, and not to whoever guesses. Its form has no fields.
 */
export function guessingNoticePage(page: GuessingNoticePage): Page {
  return framedPage(page, {
    title: 'Was that you?',
    isDone: true,
    content: html`<p>${noticeMessage(page.notice)}</p>
<form method="post" action="${page.action}/${page.form ?? 'notice-read'}">
<button class="primary">Go on</button>
</form>`,
  })
}
