import { expect } from 'chai'
import { renderPage } from '../../../../../provider/http/layout.ts'
import type { Interaction } from '../../../../../provider/oidc/interaction.ts'
import { termsPage } from '../../../../../provider/signin/pages/terms.ts'
import { textBlocks } from '../../../../../provider/terms/text-blocks.ts'

const interaction: Interaction = {
  uid: 'u',
  prompt: 'login',
  client: { id: 'shop', name: 'Shop', firstParty: false },
  returnSources: [],
  missingScopes: [],
  missingResourceScopes: {},
  kept: {},
}

function page(text: string): string {
  const terms = { name: 'staff', title: 'Rules <here>', version: 4, text: textBlocks(text) }
  return renderPage(termsPage({ interaction, action: '/interaction/u', terms }), { name: 'Corp' })
}

describe('the page with terms of use', () => {
  it('shows title and text, and says which version is accepted', () => {
    const shown = page('Be kind.')
    expect(shown).to.include('<h1>Rules &lt;here&gt;</h1>').and.include('<p>Be kind.</p>')
    expect(shown).to.match(/<form[^>]* method="post" action="\/interaction\/u\/terms">/)
    expect(shown).to.include('<input type="hidden" name="terms" value="staff">')
    expect(shown).to.include('<input type="hidden" name="version" value="4">')
    expect(shown).to.match(/<button[^>]* name="decision" value="accept">Accept</)
    expect(shown).to.match(/<button[^>]* name="decision" value="decline">Decline</)
  })

  it('draws headings and lists, and no markup of the text', () => {
    const shown = page('# One\n- a\n- b\n\nText <b>x</b>\n\n- c')
    expect(shown).to.include(
      '<h2>One</h2>\n<ul><li>a</li><li>b</li></ul>\n<p>Text &lt;b&gt;x&lt;/b&gt;</p>\n<ul><li>c</li></ul>\n',
    )
  })
})
