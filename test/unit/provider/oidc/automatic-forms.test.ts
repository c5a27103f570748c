import { expect } from 'chai'
import { automaticFormIn } from '../../../../provider/oidc/automatic-forms.ts'

describe('a page of the library with a form that is sent by itself', () => {
  const page = (form: string, title = 'Submitting Callback') => `<!DOCTYPE html>
<html>
<head>
  <meta http-equiv="X-UA-Compatible" content="IE=edge">
  <title>${title}</title>
</head>
<body>
  ${form}
</body>
</html>`
  const form = `<form method="post" action="https://app.example/?a=1&amp;b=2">
    <input type="hidden" name="state" value="&quot;&lt;b&gt;&#39; &amp;lt; é"/>
<input type="hidden" name="code" value="x"/>
    <noscript>…<button autofocus type="submit">Continue</button></noscript>
  </form>`

  it('is read as what it would send', () => {
    expect(automaticFormIn(page(form))).to.deep.equal({
      action: 'https://app.example/?a=1&b=2',
      fields: { state: '"<b>\' &lt; é', code: 'x' },
    })
  })

  it('is told from every other page', () => {
    expect(automaticFormIn(page(form, 'Sign in'))).to.equal(undefined)
    expect(automaticFormIn(page('<p>No form</p>'))).to.equal(undefined)
    expect(automaticFormIn(`<p></p>${page(form)}`)).to.equal(undefined)
  })
})
