import { html } from '../../http/html.ts'
import type { Page } from '../../http/layout.ts'
import { type FactorFrame, framedPage } from './factor-parts.ts'

export interface RecoveryCodesPage extends FactorFrame {
  readonly codes: readonly string[]
  /** Whose sign-in it is, for the file that people keep. */
  readonly organization: string
}

/**
 * PURE. Shows recovery codes, which nobody sees again. The file is in the link itself, so that no
 * address anywhere gives the codes out. Its form goes to `codes-kept`.
 */
export function recoveryCodesPage(page: RecoveryCodesPage): Page {
  const { action, codes, organization, username } = page
  const file = `Recovery codes of ${username} for ${organization}\nEach works once.\n\n${codes.join('\n')}\n`
  return framedPage(page, {
    title: 'Your recovery codes',
    isDone: true,
    scripts: ['recovery-codes'],
    content: html`<p>If you lose your phone or your key, one of these lets you in. Each works once. They are shown only
now: print them, or keep them where you would find them without this device.</p>
<ul class="recovery-codes" id="recovery-codes">
${codes.map(
  (code) => html`<li><code>${code}</code></li>
`,
)}</ul>
<p class="tools"><a href="data:text/plain;charset=utf-8,${encodeURIComponent(file)}" download="recovery-codes.txt">Download</a>
<button class="quiet" type="button" id="copy-codes" hidden>Copy</button>
<button class="quiet" type="button" id="print-codes" hidden>Print</button>
<span class="status" id="codes-status" role="status"></span></p>
<form method="post" action="${action}/codes-kept">
<button class="primary">I have kept them</button>
</form>`,
  })
}

/**
 * PURE. Offers recovery codes to somebody who has just set something up. Its forms go to
 * `recovery-codes` and `no-codes`.
 */
export function offerRecoveryCodesPage(page: FactorFrame): Page {
  const { action } = page
  return framedPage(page, {
    title: 'In case you lose it',
    isDone: true,
    content: html`<p>Phones and keys get lost. With recovery codes, put away on paper say, you can still sign in then. Without
them only your help desk can let you in.</p>
<form method="post" action="${action}/recovery-codes">
<button class="primary">Give me recovery codes</button>
</form>
<form class="leave" method="post" action="${action}/no-codes">
<button class="quiet">Not now</button>
</form>`,
  })
}
