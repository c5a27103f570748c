import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const bob = { username: 'bob@lab.example' }
const typed = { ...bob, password: 'open sesame' }
const hour = 3_600_000
const expiringIn = (hours: number) => {
  const passwordExpiresAt = systemClock.now() + hours * hour
  return { name: 'ok', account: { id: '42', claims: {}, passwordExpiresAt } } as const
}

describe('the notice that a password expires soon', () => {
  let pages: PageServer
  let path: string
  beforeEach(async () => {
    pages = await startPages()
    path = pages.begin()
    await pages.submit(`${path}/username`, bob)
  })
  afterEach(() => pages[Symbol.asyncDispose]())

  const leads = async (response: Promise<Response>) => (await response).headers.get('location')

  it('says in how many days', async () => {
    const words = { 1: 'today', 25: 'tomorrow', 73: 'in 3 days', [-1]: 'today' }
    for (const [hours, text] of Object.entries(words)) {
      const one = pages.begin()
      await pages.submit(`${one}/username`, bob)
      pages.answer = expiringIn(Number(hours))
      expect(await pages.submit(`${one}/password`, typed))
        .to.include('<h1>Your password expires soon</h1>')
        .and.include(`It expires ${text}.`)
    }
    expect(pages.ended).to.deep.equal([])
  })

  it('can be skipped, and then the person is signed in with no further question', async () => {
    pages.answer = expiringIn(73)
    await pages.submit(`${path}/password`, typed)
    expect(await leads(pages.post(`${path}/later`, {}))).to.equal(`${pages.origin}/app`)
    expect(pages.asked).to.have.lengthOf(1)
    expect(pages.ended[0]).to.have.nested.property('signedIn.accountId', 'lab:42')
  })

  it('leads to the page for a new password, which can be left as well', async () => {
    pages.answer = expiringIn(73)
    await pages.submit(`${path}/password`, typed)
    expect(await pages.submit(`${path}/change`, {}))
      .to.include('<h1>Choose a new password</h1>')
      .and.include('Not now')
    pages.answer = { name: 'tooShort' }
    const [fresh, again] = ['close the old gate', 'close the old gate']
    const renewed = { ...typed, 'new-password': fresh, 'new-password-again': again }
    expect(await pages.submit(`${path}/new-password`, renewed)).to.include('too short')
    pages.answer = { name: 'tooRecent' }
    expect(await pages.submit(`${path}/new-password`, renewed))
      .to.include('<h1>Your password expires soon</h1>')
      .and.include('a short while ago')
    expect(await leads(pages.post(`${path}/later`, {}))).to.equal(`${pages.origin}/app`)
  })

  it('is followed by a sign-in with the new one', async () => {
    pages.answer = expiringIn(73)
    await pages.submit(`${path}/password`, typed)
    await pages.submit(`${path}/change`, {})
    pages.answer = expiringIn(1)
    const fresh = 'close the old gate'
    const renewed = { ...typed, 'new-password': fresh, 'new-password-again': fresh }
    const answer = pages.post(`${path}/new-password`, renewed)
    expect(await leads(answer)).to.equal(`${pages.origin}/app`)
  })

  it('lets nobody in whose account was closed in between', async () => {
    pages.answer = expiringIn(73)
    await pages.submit(`${path}/password`, typed)
    await pages.submit(`${path}/change`, {})
    pages.answer = { name: 'accountDisabled' }
    const fresh = 'close the old gate'
    const renewed = { ...typed, 'new-password': fresh, 'new-password-again': fresh }
    expect(await pages.submit(`${path}/new-password`, renewed)).to.include('is turned off')
    expect(await leads(pages.post(`${path}/later`, {}))).to.equal(path)
    expect(pages.ended).to.deep.equal([])
  })

  it('is shown once a day in a browser', async () => {
    pages.answer = expiringIn(73)
    const first = await pages.post(`${path}/password`, typed)
    const [cookie = ''] = first.headers.getSetCookie()
    expect(cookie).to.match(/^postern_expiry_notice=1;.*httponly/i)
    const next = pages.begin()
    await pages.submit(`${next}/username`, bob)
    const second = pages.post(`${next}/password`, typed, { cookie: 'postern_expiry_notice=1' })
    expect(await leads(second)).to.equal(`${pages.origin}/app`)
  })

  it('is shown neither long before, nor where nobody can do anything about it', async () => {
    pages.answer = expiringIn(7 * 24 + 1)
    expect(await leads(pages.post(`${path}/password`, typed))).to.equal(`${pages.origin}/app`)
    const alice = { username: 'alice@corp.example' }
    const next = pages.begin()
    await pages.submit(`${next}/username`, alice)
    pages.answer = expiringIn(1)
    const answer = pages.post(`${next}/password`, { ...typed, ...alice })
    expect(await leads(answer)).to.equal(`${pages.origin}/app`)
  })

  describe('with a password that has expired and will do a few times more', () => {
    const letIn = (signInsLeft: number) => {
      const passwordExpiresAt = systemClock.now()
      const account = { id: '42', claims: {}, passwordExpiresAt, signInsLeft }
      return { name: 'ok', account } as const
    }

    it('says how often, and leads to the page for a new one', async () => {
      const words = {
        0: 'This was the last time that you could sign in with it.',
        1: 'You can sign in with it once more.',
        3: 'You can sign in with it 3 more times.',
      }
      for (const [left, text] of Object.entries(words)) {
        const one = pages.begin()
        await pages.submit(`${one}/username`, bob)
        pages.answer = letIn(Number(left))
        expect(await pages.submit(`${one}/password`, typed))
          .to.include('<h1>Your password has expired</h1>')
          .and.include(`${text} Change it now, while you can.`)
        expect(await pages.submit(`${one}/change`, {})).to.include('<h1>Choose a new password</h1>')
        expect(await leads(pages.post(`${one}/later`, {}))).to.equal(`${pages.origin}/app`)
      }
    })

    it('is shown each time', async () => {
      pages.answer = letIn(2)
      const answer = pages.post(`${path}/password`, typed, { cookie: 'postern_expiry_notice=1' })
      expect(await leads(answer)).to.equal(path)
      expect(pages.ended).to.deep.equal([])
    })

    it('says what to do where it cannot be changed here, and lets the person go on', async () => {
      const alice = { username: 'alice@corp.example' }
      const next = pages.begin()
      await pages.submit(`${next}/username`, alice)
      pages.answer = letIn(2)
      expect(await pages.submit(`${next}/password`, { ...typed, ...alice }))
        .to.include('2 more times. It cannot be changed here. Call 4711 for a new one.')
        .and.not.include('Change it now')
      expect(await leads(pages.post(`${next}/change`, {}))).to.equal(next)
      expect(await (await pages.get(next)).text()).to.include('<h1>Your password has expired</h1>')
      expect(await leads(pages.post(`${next}/later`, {}))).to.equal(`${pages.origin}/app`)
    })
  })

  it('cannot be skipped by somebody who was not let in', async () => {
    pages.answer = { name: 'wrongPassword' }
    await pages.submit(`${path}/password`, typed)
    expect(await leads(pages.post(`${path}/later`, {}))).to.equal(path)
    pages.answer = { name: 'passwordExpired' }
    await pages.submit(`${path}/password`, typed)
    expect(await leads(pages.post(`${path}/later`, {}))).to.equal(path)
    expect(pages.ended).to.deep.equal([])
  })
})
