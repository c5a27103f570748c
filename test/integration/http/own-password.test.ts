import { expect } from 'chai'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const path = '/account/password'
const username = 'bob@lab.example'
const account = { id: '42', claims: { name: 'Bob O’Hara', family_name: 'O’Hara', phones: ['1'] } }
const bob = { accountId: 'lab:42', account: { ...account, signedInAs: username }, age: 60 }
const typed = {
  username,
  password: 'open sesame',
  'new-password': 'close the old gate',
  'new-password-again': 'close the old gate',
}

describe('the page of a person’s own password', () => {
  let pages: PageServer
  beforeEach(async () => {
    pages = await startPages()
    pages.ownSession = bob
  })
  afterEach(() => pages[Symbol.asyncDispose]())

  const refused = async (fields: Partial<typeof typed>) => {
    const answer = await pages.post(path, { ...typed, ...fields })
    expect(answer.status).to.equal(422)
    return answer.text()
  }

  it('asks somebody who has just signed in for the old password and a new one', async () => {
    const answer = await pages.get(path)
    expect(answer.status).to.equal(200)
    expect(answer.headers.get('cache-control')).to.equal('no-store')
    expect(await answer.text())
      .to.include('<h1>Change your password</h1>')
      .and.include(username)
  })

  it('changes it, ends other sessions, and goes on with this one', async () => {
    pages.answer = { name: 'ok', account }
    const answer = await pages.post(path, typed)
    expect(answer.status).to.equal(303)
    expect(answer.headers.get('location')).to.equal(`${path}/changed`)
    expect(await (await pages.get(`${path}/changed`)).text()).to.include('Your password is changed')
    expect(pages.asked).to.have.lengthOf(1)
    expect(pages.asked[0]).to.deep.include({
      realm: 'lab',
      username,
      password: 'open sesame',
      newPassword: 'close the old gate',
    })
    expect(pages.happened).to.deep.equal([
      'other sessions ended lab:42',
      'saved lab:42',
      'session renewed pwd',
    ])
  })

  it('has whoever is not signed in, or not lately, sign in and come back', async () => {
    for (const ownSession of [undefined, { ...bob, age: 601 }]) {
      pages.ownSession = ownSession
      for (const answer of [await pages.get(path), await pages.post(path, typed)]) {
        expect(answer.status).to.equal(303)
        expect(answer.headers.get('location')).to.match(/\/sign-in\?/)
      }
    }
    expect(pages.asked).to.have.lengthOf(0)
  })

  it('leaves the code of that sign-in out of the address, and sends nobody round in circles', async () => {
    const back = await pages.get(`${path}?code=4711`)
    expect(back.headers.get('location')).to.equal(path)
    pages.ownSession = undefined
    const cancelled = await pages.get(`${path}?error=access_denied`)
    expect(cancelled.status).to.equal(200)
    expect(await cancelled.text()).to.include('you have to sign in first')
  })

  it('says word for word why the directory refuses, and changes nothing', async () => {
    const words = {
      tooShort: 'The new password is too short. Choose a longer one.',
      tooSimple: 'The new password is too simple.',
      inHistory: 'You have had this password before. Choose one that you have not used.',
      tooRecent: 'Your password was changed a short while ago and cannot be changed again yet.',
      unavailable: 'We could not find out whether your password was changed.',
      banned: 'The new password is too easy to guess: it has a common word, or a name.',
      wrongOldPassword: 'The old password is not right. Check it and try again.',
      notPermitted: 'Your password was not changed. It cannot be changed here',
      accountLocked: 'Your account is locked.',
    } as const
    for (const [name, text] of Object.entries(words)) {
      pages.answer =
        name === 'unavailable'
          ? { name, reason: 'agentLost' }
          : { name: name as Exclude<keyof typeof words, 'unavailable'> }
      expect(await refused({})).to.include(text)
    }
    expect(pages.happened).to.deep.equal([])
  })

  it('asks no directory for what anybody can see is not right', async () => {
    expect(await refused({ password: '' })).to.include('Enter your password.')
    expect(await refused({ 'new-password-again': 'x' })).to.include('not the same')
    const banned = { 'new-password': 'Password1!', 'new-password-again': 'Password1!' }
    expect(await refused(banned)).to.include('easy to guess')
    const named = {
      'new-password': 'my-ohara-or-Hara-9',
      'new-password-again': 'my-ohara-or-Hara-9',
    }
    expect(await refused(named)).to.include('a name in it, yours or ours')
    expect(await refused({ username: 'eve@lab.example' })).to.include('another window')
    expect(pages.asked).to.have.lengthOf(0)
  })

  it('takes no form of another site', async () => {
    const answer = await pages.post(path, typed, { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).to.equal(403)
    expect(pages.asked).to.have.lengthOf(0)
  })

  it('leaves no password in the log, nor in the page', async () => {
    pages.answer = { name: 'inHistory' }
    const all = (await refused({})) + JSON.stringify(pages.logged())
    for (const password of ['open sesame', 'close the old gate']) {
      expect(all).not.to.include(password)
    }
    expect(all).to.include('"change":true').and.include('"clientId":"postern:account"')
  })

  it('says how it is done where it cannot be done here', async () => {
    pages.ownSession = { ...bob, accountId: 'corp:42' }
    for (const answer of [await pages.get(path), await pages.post(path, typed)]) {
      expect(await answer.text())
        .to.include('It cannot be changed here. Call 4711 for a new one.')
        .and.not.include('<form')
    }
    expect(pages.asked).to.have.lengthOf(0)
  })
})
