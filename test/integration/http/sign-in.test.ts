import { expect } from 'chai'
import { Fault } from '../../../shared/fault.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const alice = { username: 'alice@corp.example' }
const account = { id: '42', claims: {} }

describe('signing in', () => {
  let pages: PageServer
  let path: string
  beforeEach(async () => {
    pages = await startPages({ organization: { name: 'Corp', help: 'Call 4711.' } })
    path = pages.begin()
  })
  afterEach(() => pages[Symbol.asyncDispose]())

  const page = async () => (await pages.get(path)).text()
  const atPassword = () => pages.submit(`${path}/username`, alice)

  it('asks for the user name, then for the password, and then is done', async () => {
    expect(await page())
      .to.include('<h1>Sign in</h1>')
      .and.include('Demo app')
      .and.include('4711')
    expect(await atPassword())
      .to.include('<h1>Enter your password</h1>')
      .and.include(alice.username)
    pages.answer = { name: 'ok', account }
    const answer = await pages.post(`${path}/password`, { ...alice, password: 'open sesame' })
    expect(answer.status).to.equal(303)
    expect(answer.headers.get('location')).to.equal(`${pages.origin}/app`)
    expect(pages.ended).to.deep.equal([
      {
        uid: 'sign-in-1',
        signedIn: {
          accountId: 'corp:42',
          account: { ...account, signedInAs: alice.username },
          amr: ['pwd'],
          proofs: [],
        },
      },
    ])
  })

  it('says why a policy stands in the way, and leads back to the app with an error', async () => {
    const reason = 'Come to the office <first>.'
    const refusal = { because: 'blocked', policies: ['secret-name'], reasons: [reason] } as const
    path = pages.begin({ prompt: 'refused', refusal: { ...refusal, reference: '7KQ-M2X-9TF' } })

    const answer = await pages.get(path)
    expect(answer.status).to.equal(403)
    expect(await answer.text())
      .to.include('A rule of your organization does not allow this sign-in.')
      .and.include('Come to the office &lt;first&gt;.')
      .and.include('7KQ-M2X-9TF')
      .and.include('Demo app')
      .and.not.include('secret-name')
    // Nothing else is left to do there.
    await pages.post(`${path}/username`, alice)
    await pages.post(`${path}/consent`, { decision: 'allow' })
    expect(pages.ended).to.deep.equal([])
    await pages.post(`${path}/leave`, {})
    expect(pages.ended).to.deep.equal(
      [{ uid: 'sign-in-1', refused: 'access_denied' }].map((end) => ({
        ...end,
        uid: path.split('/').at(-1),
      })),
    )
  })

  it('shows the same page however often it is loaded', async () => {
    await atPassword()
    expect(await page()).to.equal(await page())
    expect(await page()).to.include('<h1>Enter your password</h1>')
  })

  it('leads from the address of a form back to the page', async () => {
    const answer = await pages.get(`${path}/password`)
    expect(answer.status).to.equal(303)
    expect(answer.headers.get('location')).to.equal(path)
  })

  it('asks the realm that the suffix names, under the reference that the person is shown', async () => {
    pages.answer = { name: 'unavailable', reason: 'noAgent' }
    await pages.submit(`${path}/username`, { username: ' Bob@TEST.example ' })
    const text = await pages.submit(`${path}/password`, {
      username: 'Bob@TEST.example',
      password: 'x',
    })
    const { reference } = pages.asked[0] ?? { reference: 'not asked' }
    const asked = { realm: 'lab', username: 'Bob@TEST.example', password: 'x', reference }
    expect(pages.asked).to.have.length(1)
    expect(pages.asked[0]).to.deep.include(asked)
    expect(text).to.include(`<strong>${reference}</strong>`)
    const line = pages.logged().find(({ msg }) => msg === 'sign-in')
    expect(line).to.include({ reference, outcomeCode: 'PST-201', clientAddress: '127.0.0.1' })
  })

  it('says the same of an unknown user as of a wrong password, to the last byte', async () => {
    const seen: string[] = []
    for (const name of ['wrongPassword', 'unknownUser'] as const) {
      pages.answer = { name }
      await pages.submit(`${path}/back`, {})
      await atPassword()
      seen.push(await pages.submit(`${path}/password`, { ...alice, password: 'x' }))
    }
    expect(seen[0]).to.include('The user name or password is not right')
    expect(seen[1]).to.equal(seen[0])
  })

  it('ties a problem to the field it is about, and says it first', async () => {
    await atPassword()
    const text = await pages.submit(`${path}/password`, { ...alice, password: 'wrong' })
    expect(text).to.include('<title>Problem: Enter your password · Corp</title>')
    expect(text).to.match(/<div class="problem" id="problem" role="alert">/)
    expect(text).to.match(
      /<input id="password"[^>]* aria-describedby="problem" aria-invalid="true"/,
    )
    expect(text, 'typed passwords are not sent back').not.to.include('wrong"')
  })

  it('tells a person what to do about the account, with a reference', async () => {
    await atPassword()
    pages.answer = { name: 'accountDisabled' }
    const text = await pages.submit(`${path}/password`, { ...alice, password: 'x' })
    expect(text)
      .to.include('Your account is turned off.')
      .and.match(/Reference <strong>/)
    expect(text).not.to.include('aria-invalid')
  })

  it('asks again for what is missing, without asking a directory', async () => {
    expect(await pages.submit(`${path}/username`, {})).to.include('Enter your user name.')
    await atPassword()
    const text = await pages.submit(`${path}/password`, { ...alice, password: '' })
    expect(text).to.include('<p>Enter your password.</p>')
    expect(pages.asked).to.deep.equal([])
  })

  it('keeps a user name that belongs nowhere, to be mended', async () => {
    const text = await pages.submit(`${path}/username`, { username: 'alice@nowhere.example' })
    expect(text).to.include('value="alice@nowhere.example"').and.include('name@company.example')
    expect(text, 'no suffix is given away').not.to.include('corp.example')
  })

  it('goes back to the user name, which is filled in', async () => {
    await atPassword()
    const text = await pages.submit(`${path}/back`, {})
    expect(text).to.include('<h1>Sign in</h1>').and.include(`value="${alice.username}"`)
  })

  it('does not try a password for another person than the one it was typed for', async () => {
    await atPassword()
    await pages.submit(`${path}/username`, { username: 'bob@corp.example' })
    const text = await pages.submit(`${path}/password`, { ...alice, password: "alice's" })
    expect(text).to.include('changed in another window').and.include('bob@corp.example')
    expect(pages.asked).to.deep.equal([])
  })

  it('ignores a form of a step that it has not come to', async () => {
    const text = await pages.submit(`${path}/password`, { ...alice, password: 'x' })
    expect(text).to.include('<h1>Sign in</h1>')
    await pages.submit(`${path}/consent`, { decision: 'allow' })
    expect(pages.asked).to.deep.equal([])
    expect(pages.ended).to.deep.equal([])
  })

  it('can be left, and the app is told', async () => {
    await pages.post(`${path}/cancel`, {})
    expect(pages.ended).to.deep.equal([{ uid: 'sign-in-1', refused: 'access_denied' }])
  })

  it('forgets the person when it is over', async () => {
    await atPassword()
    await pages.post(`${path}/cancel`, {})
    expect(await page()).not.to.include(alice.username)
  })

  it('keeps two sign-ins of one browser apart', async () => {
    const other = pages.begin()
    await atPassword()
    expect(await (await pages.get(other)).text()).to.include('<h1>Sign in</h1>')
  })

  it('is an error page, and no wrong password, when no answer can be had', async () => {
    await atPassword()
    pages.answer = new Fault('busDown', 'redis-1 is gone')
    const answer = await pages.post(`${path}/password`, { ...alice, password: 'x' })
    const reference = answer.headers.get('x-request-id') ?? ''
    expect(answer.status).to.equal(503)
    expect(await answer.text())
      .to.include(reference)
      .and.include('Something went wrong')
    const line = pages.logged().find((one) => one['msg'] === 'sign-in')
    expect(line).to.include({ reference, faultCode: 'PST-903', outcome: 'fault' })
    expect(await page()).not.to.include('not right')
  })

  it('writes no password into the log', async () => {
    await atPassword()
    const answers = [
      { name: 'wrongPassword' },
      new Fault('busDown', 'gone'),
      { name: 'ok', account },
    ] as const
    for (const answer of answers) {
      pages.answer = answer
      await pages.post(`${path}/password`, { ...alice, password: 'correct horse battery' })
    }
    expect(pages.asked).to.have.length(3)
    expect(JSON.stringify(pages.logged())).not.to.match(/correct.horse.battery/)
  })
})

describe('a refusal', () => {
  it('does not reach the person before 400 ms, a success does', async () => {
    const floors: number[] = []
    let end = () => {}
    const delay = (milliseconds: number) =>
      new Promise<void>((resolve) => {
        floors.push(milliseconds)
        end = resolve
      })
    await using pages = await startPages({ delay })
    const path = pages.begin()
    await pages.post(`${path}/username`, alice)

    pages.answer = { name: 'ok', account }
    expect((await pages.post(`${path}/password`, { ...alice, password: 'x' })).status).to.equal(303)

    await pages.post(`${path}/username`, alice)
    pages.answer = { name: 'unknownUser' }
    let hasAnswered = false
    const refused = pages.post(`${path}/password`, { ...alice, password: 'x' }).then((answer) => {
      hasAnswered = true
      return answer
    })
    // Other requests are answered meanwhile; this one is not.
    while (floors.length < 2) await pages.get(path)
    for (let time = 0; time < 5; time++) await pages.get(path)
    expect(hasAnswered).to.equal(false)
    end()
    expect((await refused).status).to.equal(303)
    expect(floors).to.deep.equal([400, 400])
  })
})

describe('the user name page', () => {
  it('begins with the hint of the app', async () => {
    await using pages = await startPages()
    const path = pages.begin({ loginHint: 'alice@corp.example' })
    expect(await (await pages.get(path)).text()).to.include('value="alice@corp.example"')
  })

  it('leaves out a hint that cannot be a user name', async () => {
    await using pages = await startPages()
    for (const loginHint of ['x'.repeat(321), 'a\nb', '']) {
      const text = await (await pages.get(pages.begin({ loginHint }))).text()
      expect(text).to.match(/<input id="username"[^>]* value=""/)
    }
  })

  it('offers the people of local mode, and fills in their passwords', async () => {
    const people = [
      { username: 'alice@corp.example', password: 'wonder"land', note: 'works' },
      { username: 'locked@corp.example', password: 'looking-glass', note: 'account is locked' },
    ]
    await using pages = await startPages({ people })
    const path = pages.begin()
    const first = await (await pages.get(path)).text()
    expect(first).to.include('account is locked').and.not.include('looking-glass')
    const second = await pages.submit(`${path}/username`, alice)
    expect(second).to.include('value="wonder&quot;land"').and.include('Local mode')
    await pages.submit(`${path}/back`, {})
    const other = await pages.submit(`${path}/username`, { username: 'bob@corp.example' })
    expect(other).not.to.include('Local mode')
  })
})

describe('hostile names', () => {
  const hostile = `"><img src=x onerror=alert(1)>'</title><script>alert(2)</script>`
  const client = {
    id: 'x',
    name: hostile,
    firstParty: false,
    policyUri: 'javascript:alert(3)',
    termsUri: 'data:text/html,x',
    logoUri: 'http://tracker.example/x.png',
  }

  it('are text on every page, and lead nowhere', async () => {
    await using pages = await startPages({
      organization: { name: hostile, help: hostile },
      people: [{ username: hostile, password: hostile, note: hostile }],
    })
    const path = pages.begin({ client, loginHint: hostile })
    const consent = pages.begin({
      client,
      prompt: 'consent',
      missingScopes: [hostile],
      missingResourceScopes: { [hostile]: [hostile] },
    })
    const texts = [
      await (await pages.get(path)).text(),
      await pages.submit(`${path}/username`, { username: `${hostile}@corp.example` }),
      await (await pages.get(consent)).text(),
      await (await pages.get('/nowhere')).text(),
    ]
    for (const text of texts) {
      expect(text).to.include('&quot;&gt;&lt;img src=x onerror=alert(1)&gt;&#39;')
      expect(text).not.to.match(/<img src=x|<script|javascript:|data:text|tracker\.example/)
    }
  })

  it('do not get into the address of a form', async () => {
    await using pages = await startPages()
    const uid = '"><script>'
    pages.begin({ uid })
    const text = await (await pages.get(`/interaction/${encodeURIComponent(uid)}`)).text()
    expect(text).to.include('action="/interaction/%22%3E%3Cscript%3E/username"')
  })
})

describe('consent', () => {
  const client = {
    id: 'reports',
    name: 'Expense Reports',
    firstParty: false,
    logoUri: 'https://reports.example/logo.png',
    policyUri: 'https://reports.example/privacy',
    termsUri: 'https://reports.example/terms',
  }
  const asks = {
    prompt: 'consent',
    client,
    accountId: 'corp:42',
    missingScopes: ['openid', 'email'],
    missingResourceScopes: { 'https://api.example': ['reports:read'] },
  } as const

  it('says who wants what, for whom, and under which terms', async () => {
    await using pages = await startPages()
    const answer = await pages.get(pages.begin(asks))
    const text = await answer.text()
    expect(text).to.include('Expense Reports').and.include('alice@corp.example')
    expect(text).to.include('See your email address').and.include('<bdi>Reports</bdi>')
    expect(text).to.include('href="https://reports.example/privacy"')
    expect(text).to.include('href="https://reports.example/terms"')
    expect(text).to.include('src="https://reports.example/logo.png"')
    expect(answer.headers.get('content-security-policy')).to.include(
      "img-src 'self' https://reports.example;",
    )
  })

  it('is given by Allow', async () => {
    await using pages = await startPages()
    await pages.post(`${pages.begin(asks)}/consent`, { decision: 'allow' })
    expect(pages.ended).to.deep.equal([{ uid: 'sign-in-1', consent: true }])
  })

  it('is refused by Deny, and by anything that is not Allow', async () => {
    await using pages = await startPages()
    await pages.post(`${pages.begin(asks)}/consent`, { decision: 'deny' })
    await pages.post(`${pages.begin(asks)}/consent`, {})
    expect(pages.ended.map((ending) => 'refused' in ending && ending.refused)).to.deep.equal([
      'access_denied',
      'access_denied',
    ])
  })

  it('is not asked for an app of our own', async () => {
    await using pages = await startPages()
    const path = pages.begin({ ...asks, client: { ...client, firstParty: true } })
    expect((await pages.get(path)).status).to.equal(303)
    expect(pages.ended).to.deep.equal([{ uid: 'sign-in-1', consent: true }])
  })
})

describe('every sign-in page', () => {
  it('has its landmarks, a label for each field, and neither script nor inline style', async () => {
    await using pages = await startPages({ organization: { name: 'Corp', help: 'Call 4711.' } })
    const path = pages.begin()
    const consent = pages.begin({
      prompt: 'consent',
      client: { id: 'x', name: 'X', firstParty: false },
    })
    const answers = [await pages.get(path), await pages.get(consent), await pages.get('/nowhere')]
    await pages.post(`${path}/username`, alice)
    answers.push(await pages.get(path))
    for (const answer of answers) {
      const text = await answer.text()
      expect(text).to.match(/^<!doctype html>\n<html lang="en">/)
      for (const landmark of ['header', 'main', 'footer', 'h1', 'title']) {
        expect(text.split(`<${landmark}`), landmark).to.have.length(2)
      }
      for (const [, id] of text.matchAll(/<input id="(\w+)"/g)) {
        expect(text).to.include(`<label for="${id}">`)
      }
      expect(text).not.to.match(/<script|<style| style=| on[a-z]+=/i)
      expect(answer.headers.get('content-security-policy')).to.match(
        /^default-src 'none';style-src 'self';img-src 'self';base-uri 'none';frame-ancestors 'none';form-action 'self'/,
      )
    }
  })

  it('may lead to the app in the end, and to where the app moves on from there', async () => {
    await using pages = await startPages()
    const policyOf = async (returnSources: readonly string[]) => {
      const answer = await pages.get(pages.begin({ returnSources }))
      return answer.headers.get('content-security-policy')
    }
    expect(await policyOf(['https://app.example'])).to.match(/form-action 'self' https:$/)
    expect(await policyOf(['http://127.0.0.1:9'])).to.match(/form-action 'self' http:$/)
    expect(await policyOf(['com.example.app:'])).to.match(/form-action 'self' com.example.app:$/)
  })
})
