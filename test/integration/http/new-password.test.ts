import { expect } from 'chai'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const bob = { username: 'bob@lab.example' }
const account = { id: '42', claims: {} }
const typed = { ...bob, password: 'open sesame' }
const renewed = {
  ...typed,
  'new-password': 'close the old gate',
  'new-password-again': 'close the old gate',
}

describe('an expired password', () => {
  let pages: PageServer
  let path: string
  beforeEach(async () => {
    pages = await startPages()
    path = pages.begin()
    await pages.submit(`${path}/username`, bob)
    pages.answer = { name: 'passwordExpired' }
  })
  afterEach(() => pages[Symbol.asyncDispose]())

  const expired = () => pages.submit(`${path}/password`, typed)

  it('is changed on the page that follows, and the person is signed in', async () => {
    expect(await expired())
      .to.include('<h1>Choose a new password</h1>')
      .and.include('has expired')
      .and.include(bob.username)
    pages.answer = { name: 'ok', account }
    const answer = await pages.post(`${path}/new-password`, renewed)
    expect(answer.headers.get('location')).to.equal(`${pages.origin}/app`)
    expect(pages.asked.at(-1)).to.deep.include({
      realm: 'lab',
      password: 'open sesame',
      newPassword: 'close the old gate',
    })
    expect(pages.happened).to.deep.equal(['other sessions ended lab:42'])
    expect(pages.ended).to.deep.equal([
      {
        uid: 'sign-in-1',
        signedIn: {
          accountId: 'lab:42',
          account: { ...account, signedInAs: bob.username },
          amr: ['pwd'],
          proofs: [{ method: 'passwordChange', amr: [] }],
        },
      },
    ])
  })

  it('that a policy asks for is changed by the one who is signed in, and by nobody else', async () => {
    const demand = {
      control: 'passwordChange',
      reasons: ['Your password may be known.'],
      sub: 'lab:42',
      username: bob.username,
      realm: 'lab',
      shown: [],
    } as const
    const asked = pages.begin({ prompt: 'stepUp', demand })
    expect(await (await pages.get(asked)).text())
      .to.include('<h1>Choose a new password</h1>')
      .and.include('Your password may be known.')
      .and.not.include('Not you?')
    pages.answer = { name: 'ok', account }
    const other = await pages.submit(`${asked}/new-password`, { ...renewed, username: 'mallory' })
    expect(other).to.include('changed in another window')
    await pages.post(`${asked}/new-password`, renewed)
    expect(pages.ended.at(-1)).to.deep.include({
      signedIn: {
        accountId: 'lab:42',
        account: { ...account, signedInAs: bob.username },
        amr: ['pwd'],
        proofs: [{ method: 'passwordChange', amr: [] }],
      },
    })
  })

  it('is not sent to the directory as long as the form is not right', async () => {
    await expired()
    const asked = pages.asked.length
    const page = await pages.submit(`${path}/new-password`, {
      ...renewed,
      'new-password-again': 'x',
    })
    expect(page).to.include('not the same').and.include('<h1>Choose a new password</h1>')
    const banned = { 'new-password': 'Password1!', 'new-password-again': 'Password1!' }
    expect(await pages.submit(`${path}/new-password`, { ...typed, ...banned })).to.include(
      'easy to guess',
    )
    expect(pages.asked).to.have.lengthOf(asked)
  })

  it('says in its own words why the directory refuses the new one, beside that field', async () => {
    await expired()
    const words = {
      tooShort: 'too short',
      tooSimple: 'too simple',
      inHistory: 'had this password before',
    } as const
    for (const [name, text] of Object.entries(words)) {
      pages.answer = { name: name as keyof typeof words }
      const page = await pages.submit(`${path}/new-password`, renewed)
      expect(page).to.include(text)
      expect(page).to.match(/id="new-password"[^>]*aria-invalid="true"/)
    }
    pages.answer = { name: 'wrongOldPassword' }
    const page = await pages.submit(`${path}/new-password`, renewed)
    expect(page).to.match(/id="password"[^>]*aria-invalid="true"/)
  })

  it('is changed elsewhere if the agent may not, and the page says so', async () => {
    await expired()
    pages.answer = { name: 'notPermitted' }
    expect(await pages.submit(`${path}/new-password`, renewed))
      .to.include('<h1>Enter your password</h1>')
      .and.include('ask your help desk')
  })

  it('cannot be changed by a form that nobody was shown', async () => {
    const before = pages.asked.length
    await pages.submit(`${path}/new-password`, renewed)
    expect(pages.asked).to.have.lengthOf(before)
  })

  it('cannot be changed for somebody else, named in another window', async () => {
    await expired()
    const before = pages.asked.length
    const page = await pages.submit(`${path}/new-password`, {
      ...renewed,
      username: 'eve@lab.example',
    })
    expect(page).to.include('another window')
    expect(pages.asked).to.have.lengthOf(before)
  })

  it('leaves no password in the log, nor in the page', async () => {
    await expired()
    pages.answer = { name: 'inHistory' }
    const page = await pages.submit(`${path}/new-password`, renewed)
    for (const password of ['open sesame', 'close the old gate']) {
      expect(page + JSON.stringify(pages.logged())).not.to.include(password)
    }
    expect(pages.logged().at(-1)).not.to.equal(undefined)
    expect(JSON.stringify(pages.logged())).to.include('"change":true')
  })
})

describe('an expired password in a realm that lets nobody change it', () => {
  it('is said to have expired, and how it is changed', async () => {
    await using pages = await startPages()
    const path = pages.begin()
    const alice = { username: 'alice@corp.example' }
    await pages.submit(`${path}/username`, alice)
    pages.answer = { name: 'mustChangePassword' }
    expect(await pages.submit(`${path}/password`, { ...alice, password: 'open sesame' }))
      .to.include('<h1>Enter your password</h1>')
      .and.include('must be changed')
      .and.include('Call 4711 for a new one.')
  })
})
