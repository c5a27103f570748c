import { expect } from 'chai'
import { Fault } from '../../../shared/fault.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import { softwareAuthenticator } from '../../support/software-authenticator.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const origin = 'https://id.corp.example'
const alice = { sub: 'corp:42', username: 'alice@corp.example' }
const ok: Outcome = { name: 'ok', account: { id: '42', claims: {} } }

describe('signing in with a passkey alone', () => {
  let server: PageServer
  let authenticator: ReturnType<typeof softwareAuthenticator>
  beforeEach(async () => {
    server = await startPages({ passkeysAt: origin })
    authenticator = softwareAuthenticator({ origin })
    await enrol(alice)
    server.answer = ok
  })
  afterEach(() => server[Symbol.asyncDispose]())

  async function enrol(person: typeof alice): Promise<void> {
    const begun = await server.factors.begin({ purpose: 'enrol', method: 'passkey', person })
    if ('refused' in begun) throw new Error(begun.refused)
    const form = passkeyFields(authenticator.create(begun.shown['options']))
    const { id: challenge } = begun
    const result = await server.factors.enrol({ challenge, sub: person.sub, form: new Map(form) })
    expect(result).to.have.property('enrolled')
  }
  const passkeyFields = (answer: object): [string, string][] => [
    ['passkey', JSON.stringify(answer)],
  ]

  /** What the page asks the browser for. */
  function challengeIn(page: string): { challenge: string; options: object } {
    const unescaped = (text = '') => text.replaceAll('&quot;', '"')
    const options = unescaped(/data-options="([^"]+)"/.exec(page)?.[1])
    const challenge = /name="challenge"[^>]* value="([^"]+)"/.exec(page)?.[1] ?? ''
    return { challenge, options: JSON.parse(options) as object }
  }
  const read = async (path: string) => (await server.get(path)).text()
  async function answerTo(path: string): Promise<Record<string, string>> {
    const { challenge, options } = challengeIn(await read(path))
    return { challenge, passkey: JSON.stringify(authenticator.get(options)) }
  }
  const problemIn = (page: string) => /role="alert">\s*<p>([^<]+)/.exec(page)?.[1]
  const send = async (path: string) => server.submit(`${path}/passkey`, await answerTo(path))

  it('needs neither name nor password', async () => {
    const path = server.begin()
    const answer = await server.post(`${path}/passkey`, await answerTo(path))
    expect(answer.headers.get('location')).to.equal(`${server.origin}/app`)
    const amr = ['hwk', 'user', 'mfa']
    expect(server.ended).to.deep.equal([
      {
        uid: 'sign-in-1',
        signedIn: {
          accountId: alice.sub,
          account: { id: '42', claims: {}, signedInAs: alice.username },
          amr,
          proofs: [{ method: 'passkey', amr }],
        },
      },
    ])
    expect(server.asked).to.deep.equal([])
    expect(server.sought[0]).to.include({ realm: 'corp', accountId: '42' })
    const line = server.logged().find(({ msg }) => msg === 'sign-in')
    expect(line).to.include({ method: 'passkey', outcome: 'ok', sub: alice.sub, realm: 'corp' })
    expect(line?.['operatorText']).to.not.include('password')
  })

  it('asks for any passkey, and for a finger, a face or a PIN', async () => {
    const { options } = challengeIn(await read(server.begin()))
    expect(options).to.deep.include({ userVerification: 'required', rpId: 'id.corp.example' })
    expect(options).to.deep.include({ allowCredentials: [] })
  })

  it('is whose passkey it is, whatever name the app guessed or somebody typed', async () => {
    const path = server.begin({ loginHint: 'bob@corp.example' })
    const given = await answerTo(path)
    await server.submit(`${path}/username`, { username: 'carol@corp.example' })
    await server.post(`${path}/passkey`, given)
    expect(server.ended).to.have.nested.property('[0].signedIn.accountId', alice.sub)
  })

  const refused: [Outcome, RegExp][] = [
    [{ name: 'accountDisabled' }, /turned off/],
    [{ name: 'accountExpired' }, /end date/],
    [{ name: 'notNow' }, /at this time/],
    [{ name: 'unknownUser' }, /not there any more/],
    [{ name: 'unavailable', reason: 'noAgent' }, /does not mean that anything is wrong.*again/],
    [{ name: 'unavailable', reason: 'cannotLookUp' }, /your user name, then your password/],
  ]
  for (const [outcome, words] of refused) {
    it(`says what is in the way: ${Object.values(outcome).join(' ')}`, async () => {
      server.answer = outcome
      const path = server.begin()
      const page = await send(path)
      expect(problemIn(page)).to.match(words)
      expect(page)
        .to.match(/Reference\s*<strong>/)
        .and.include('name="username"')
      expect(page).to.not.include('aria-invalid')
      expect(server.ended).to.deep.equal([])
      server.answer = ok
      await server.post(`${path}/passkey`, await answerTo(path))
      expect(server.ended).to.have.length(1)
    })
  }

  it('is no sign-in where the same answer is sent again', async () => {
    const [path, other] = [server.begin(), server.begin()]
    const given = await answerTo(path)
    await server.post(`${path}/passkey`, given)
    expect(problemIn(await server.submit(`${other}/passkey`, given))).to.include('used already')
    expect(server.ended).to.have.length(1)
  })

  it('begins again after an answer that is none', async () => {
    const path = server.begin()
    const before = challengeIn(await read(path)).challenge
    const page = await server.submit(`${path}/passkey`, { challenge: before, passkey: '{}' })
    expect(problemIn(page)).to.include('did not send a passkey')
    expect(challengeIn(page).challenge).to.not.equal(before)
  })

  it('shows an error page, and is in the log, if the bus is down', async () => {
    server.answer = new Fault('busDown', 'gone')
    const path = server.begin()
    const answer = await server.post(`${path}/passkey`, await answerTo(path))
    expect(answer.status).to.equal(503)
    const line = server.logged().find(({ msg }) => msg === 'sign-in')
    expect(line).to.include({ method: 'passkey', outcome: 'fault' })
  })

  it('has another challenge for a page that has been open for long', async () => {
    const path = server.begin()
    const response = await server.get(`${path}/passkey-challenge`)
    expect(response.headers.get('cache-control')).to.equal('no-store')
    const { challenge, options } = (await response.json()) as ReturnType<typeof challengeIn>
    const passkey = JSON.stringify(authenticator.get(options))
    await server.post(`${path}/passkey`, { challenge, passkey })
    expect(server.ended).to.have.length(1)
    expect((await server.get('/interaction/none/passkey-challenge')).status).to.equal(400)
  })

  it('tells first of ten wrong answers in a row, once', async () => {
    server.notice = { method: 'totp', at: 0 }
    const path = server.begin()
    expect(await send(path))
      .to.include('ten wrong answers')
      .and.include(alice.username)
    expect(server.ended).to.deep.equal([])
    await server.post(`${path}/passkey-notice-read`, {})
    expect(server.ended).to.have.nested.property('[0].signedIn.accountId', alice.sub)
    const next = server.begin()
    await server.post(`${next}/passkey`, await answerTo(next))
    expect(server.ended).to.have.length(2)
  })

  it('does not tell whoever has the password alone, and may be the one who guessed', async () => {
    server.notice = { method: 'totp', at: 0 }
    const { username } = alice
    const path = server.begin()
    await server.submit(`${path}/username`, { username })
    await server.post(`${path}/password`, { username, password: 'open sesame' })
    expect(server.ended).to.have.length(1)
    expect(server.notice).to.not.equal(undefined)
  })

  it('is not offered to somebody who is asked for more', async () => {
    const demand = {
      control: 'secondOpinion',
      reasons: [],
      ...alice,
      realm: 'corp',
      shown: [],
    } as const
    const path = server.begin()
    const given = await answerTo(path)
    const asked = server.begin({ prompt: 'stepUp', demand })
    await server.post(`${asked}/passkey`, given)
    expect(server.ended).to.deep.equal([])
  })

  it('is not offered where browsers know no passkeys', async () => {
    await using elsewhere = await startPages()
    const path = elsewhere.begin()
    const page = await (await elsewhere.get(path)).text()
    expect(page).to.not.include('passkey').and.not.include('<script')
    expect((await elsewhere.get(`${path}/passkey-challenge`)).status).to.equal(404)
  })
})
