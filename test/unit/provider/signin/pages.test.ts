import { expect } from 'chai'
import { createPages } from '../../../../provider/signin/pages.ts'

const pages = createPages({ organization: { name: 'Corp', help: 'Call 4711.' } })
const form = {
  action: 'https://id.corp.example/device',
  fields: { xsrf: 'a"b', user_code: 'BCDF-GHJK' },
}
const hostile = '<script>alert(1)</script>'

describe('pages of the OpenID Connect library’s flows', () => {
  it('are whole documents in the frame', async () => {
    const all = [
      pages.userCodeInput({ form }),
      pages.userCodeConfirm({ form, clientName: 'TV', userCode: 'BCDF-GHJK' }),
      pages.deviceDone({ clientName: 'TV' }),
      pages.logout({ form, clientName: 'Demo app' }),
      pages.signedOut({}),
      pages.error({ status: 400, text: 'No.', reference: '7KQ-M2X-9TF' }),
    ]
    for (const page of all) {
      const text = await page
      expect(text).to.match(/^<!doctype html>/)
      expect(text).to.include('<main>').and.include('Call 4711.').and.include('<h1>')
      expect(text).not.to.match(/<script|<style| style=/)
    }
  })

  it('send hidden fields along unchanged', async () => {
    const asking = [
      pages.userCodeInput({ form }),
      pages.userCodeConfirm({ form, clientName: 'TV', userCode: 'BCDF-GHJK' }),
      pages.logout({ form }),
    ]
    for (const page of asking) {
      const text = await page
      expect(text).to.match(/<form[^>]* method="post" action="https:\/\/id.corp.example\/device">/)
      expect(text).to.include('<input type="hidden" name="xsrf" value="a&quot;b">')
      expect(text).to.include('<input type="hidden" name="user_code" value="BCDF-GHJK">')
    }
  })

  it('ask for a device’s code, and say what was wrong with it', async () => {
    const fresh = await pages.userCodeInput({ form })
    expect(fresh).to.match(/<label for="user_code">Code<\/label>\n<input[^>]* id="user_code"/)
    expect(fresh).not.to.include('problem')
    const problems = ['missing', 'unknown', 'expired', 'used'] as const
    const texts: string[] = []
    for (const problem of problems) {
      texts.push(await pages.userCodeInput({ form, code: hostile, problem }))
    }
    expect(new Set(texts).size).to.equal(problems.length)
    for (const text of texts) {
      expect(text).to.include('<title>Problem: ').and.include('aria-describedby="problem"')
      expect(text).to.include('value="&lt;script&gt;alert(1)&lt;/script&gt;"')
    }
  })

  it('do not call it a problem when the person said no', async () => {
    const text = await pages.userCodeInput({ form, problem: 'aborted' })
    expect(text).to.include('The device was not connected.').and.include('role="status"')
    expect(text).not.to.match(/Problem|alert|aria-invalid/)
  })

  it('ask to compare the code, with a way to stop', async () => {
    const text = await pages.userCodeConfirm({ form, clientName: hostile, userCode: 'BCDF-GHJK' })
    expect(text).to.include('<p class="user-code">BCDF-GHJK</p>')
    expect(text).to.match(/<button class="primary">/)
    expect(text).to.match(/<button class="secondary" name="abort" value="yes">/)
    expect(text).not.to.include(hostile)
  })

  it('ask whether to sign out everywhere, with a way to stay', async () => {
    const text = await pages.logout({ form, clientName: hostile })
    expect(text).to.match(/<button class="primary" name="logout" value="yes">/)
    expect(text).to.match(/<button class="secondary">/)
    expect(text).not.to.include(hostile)
  })

  it('say whether the person is signed out or has left one app only', async () => {
    expect(await pages.signedOut({})).to.include('<h1>You are signed out</h1>')
    const one = await pages.signedOut({ clientName: 'Demo app' })
    expect(one).to.include('still signed in').and.include('Demo app')
  })

  it('show an error with its reference, and nothing unescaped', async () => {
    const words = { title: hostile, text: hostile, technical: `invalid_scope: ${hostile}` }
    const text = await pages.error({ status: 400, ...words, reference: 'R-1' })
    expect(text).to.include('Reference <strong>R-1</strong>')
    expect(text).to.include('<code>invalid_scope: &lt;script&gt;')
    expect(text).not.to.include(hostile)
  })
})
