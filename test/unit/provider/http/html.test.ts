import { expect } from 'chai'
import { html } from '../../../../provider/http/html.ts'

describe('html', () => {
  const hostile = `<script>"x'&</script>`
  const harmless = '&lt;script&gt;&quot;x&#39;&amp;&lt;/script&gt;'

  it('escapes text between tags and in attributes', () => {
    expect(html`<p title="${hostile}">${hostile}</p>`.toString()).to.equal(
      `<p title="${harmless}">${harmless}</p>`,
    )
  })

  it('escapes once, however deep a template stands in another', () => {
    const inner = html`<b>${hostile}</b>`
    expect(html`<p>${[inner, [hostile]]}</p>`.toString()).to.equal(
      `<p><b>${harmless}</b>${harmless}</p>`,
    )
  })

  it('prints nothing for what is absent', () => {
    expect(html`${undefined}${false}${[]}${0}`.toString()).to.equal('0')
  })
})
