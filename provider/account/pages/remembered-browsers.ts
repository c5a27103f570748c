import { type Html, html } from '../../http/html.ts'
import type { RememberedBrowser } from '../../mfa/remembered-browsers.ts'
import type { Times } from '../times.ts'
import { whose } from './frame.ts'

/** PURE. Browsers that are asked for no second factor, each to be forgotten. */
export function rememberedBrowserList(list: {
  readonly browsers: readonly RememberedBrowser[]
  readonly username: string
  readonly times: Times
}): Html {
  const { browsers, username, times } = list
  return html`<section class="part" aria-labelledby="browsers"><h2 id="browsers">Remembered browsers</h2>
${
  browsers.length === 0
    ? html`<p>There are none: each browser asks for your second factor.</p>`
    : html`<p>These do not ask for your second factor for a while.</p>
<ul class="entries">
${browsers.map((browser) => item(browser, username, times))}</ul>`
}</section>`
}

function item(remembered: RememberedBrowser, username: string, times: Times): Html {
  return html`<li>
<h3>${nameOf(remembered)}</h3>
<p class="note">Since ${times(remembered.at)}, until ${times(remembered.ends)}</p>
<form method="post" action="/account/factors/forget-browser">
${whose(username)}<input type="hidden" name="browser" value="${remembered.id}">
<button class="quiet">Forget it</button>
</form></li>
`
}

function nameOf({ browser = 'A browser', platform, country }: RememberedBrowser): string {
  const on = platform === undefined ? '' : ` on ${platformNames.get(platform) ?? platform}`
  const where = country === undefined ? '' : `, ${countries.of(country) ?? country}`
  return `${browser}${on}${where}`
}

const countries = new Intl.DisplayNames('en', { type: 'region' })

export const platformNames: ReadonlyMap<string, string> = new Map([
  ['android', 'Android'],
  ['windows', 'Windows'],
  ['linux', 'Linux'],
])
