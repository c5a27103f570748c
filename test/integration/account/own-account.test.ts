import { expect } from 'chai'
import * as client from 'openid-client'
import { generateSync } from 'otplib'
import { type AccountSystem, startAccountSystem } from '../../support/account-system.ts'
import type { BrowserPage, BrowserSession } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import {
  answer,
  authorizationRequest,
  interactionOf,
  passThrough,
  refusal,
  signInTo,
} from '../../support/oidc-system.ts'
import { createPoliciesFolder, type PoliciesFolder } from '../../support/policies-folder.ts'

const sub = 'corp:alice-id'
const factorsPath = '/account/factors'
const minute = 60_000
const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'

describe('a person’s own pages', () => {
  let folder: PoliciesFolder
  let system: AccountSystem
  let browser: BrowserSession

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    system = await startAccountSystem({ policies: folder.path })
    browser = system.browser()
  })
  afterEach(async () => {
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const enforce = async (name: string, policy: Parameters<PoliciesFolder['write']>[1]) => {
    const read = () => system.log.filter(({ msg }) => msg === 'policies read again')
    const before = read().length
    await folder.write(name, policy)
    await eventually(() => read().length > before && JSON.stringify(read().at(-1)).includes(name))
  }
  const secretIn = ({ text }: BrowserPage) =>
    (/typed-secret">([^<]+)</.exec(text)?.[1] ?? '').replaceAll(' ', '')
  const challengeIn = ({ text }: BrowserPage) =>
    /name="challenge" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const codeOf = (secret: string) =>
    generateSync({ secret, epoch: Math.floor(system.clock.now() / 1000) })
  const beginApp = () => browser.submit(`${factorsPath}/enrol`, { method: 'totp' })
  /** Sets one up; the page that comes of it. */
  const addApp = async () => {
    const page = await beginApp()
    const code = codeOf(secretIn(page))
    return browser.submit(`${factorsPath}/enrolment`, { challenge: challengeIn(page), code })
  }
  const idsOf = async () => (await system.factors.of(sub)).map(({ id }) => id)
  const remove = (factor: string) =>
    browser.submit(`${factorsPath}/remove`, { username: 'alice', factor })

  describe('need a session', () => {
    it('and bring back whoever signs in', async () => {
      for (const path of ['/account', factorsPath, '/account/sessions', '/account/sign-ins']) {
        const fresh = system.browser()
        expect(interactionOf(await fresh.open(path))?.prompt, path).to.equal('login')
        const page = await passThrough(fresh, path)
        expect(page.status, path).to.equal(200)
        expect(page.url.pathname + page.url.search).to.equal(path)
        expect(page.text).to.include('alice')
      }
    })

    it('and send nobody round in circles who did not', async () => {
      const asked = await browser.open('/account')
      const page = await answer(browser, asked, 'refuse')
      expect(page.text).to.include('you have to sign in first')
    })

    it('and take no form without one, or of a page of somebody else’s', async () => {
      expect(interactionOf(await browser.submit('/account/sessions/end-all', {}))).to.not.equal(
        undefined,
      )
      await passThrough(browser, '/account')
      const body = { username: 'bob', which: 'all' }
      await browser.submit('/account/sessions/end-all', body)
      expect((await browser.open('/account')).text).to.include('Alice Adams')
    })
  })

  it('take no form that another site has sent, or another host of the same one', async () => {
    const headers: Record<string, string> = {}
    browser = system.browser(headers)
    await passThrough(browser, factorsPath)
    await addApp()
    const [factor = ''] = await idsOf()
    for (const from of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]) {
      Object.assign(headers, from)
      expect((await remove(factor)).status, JSON.stringify(from)).to.equal(403)
      for (const name of Object.keys(headers)) delete headers[name]
    }
    expect(await idsOf()).to.deep.equal([factor])
  })

  describe('of second factors', () => {
    it('set one up, name it, and give recovery codes that are shown once', async () => {
      await passThrough(browser, factorsPath)
      const before = await beginApp()
      const wrong = await browser.submit(`${factorsPath}/enrolment`, {
        challenge: challengeIn(before),
        code: '000000',
      })
      expect(wrong.status).to.equal(422)
      expect(wrong.text).to.include('That code is not right')
      expect(secretIn(wrong)).to.equal(secretIn(before))
      const code = codeOf(secretIn(before))
      const challenge = challengeIn(before)
      const added = await browser.submit(`${factorsPath}/enrolment`, { challenge, code })
      expect(added.url.pathname).to.equal(factorsPath)
      expect(added.text).to.include('Authenticator app').and.include('Not used yet')

      const [factor = ''] = await idsOf()
      const name = 'Old <phone>'
      const named = await browser.submit(`${factorsPath}/rename`, { factor, name })
      expect(named.text).to.include('Old &lt;phone&gt;').and.not.include(name)
      const unnamed = await browser.submit(`${factorsPath}/rename`, { factor, name: ' ' })
      expect(unnamed.status).to.equal(422)

      const codes = await browser.submit(`${factorsPath}/recovery-codes`, { username: 'alice' })
      expect(codes.text.match(/<li><code>/g)).to.have.length(10)
      const after = await browser.submit(`${factorsPath}/codes-kept`, {})
      expect(after.text).to.include('10 are left').and.not.include('<li><code>')
    })

    it('change nothing ten minutes later, until the code is shown, and the password again', async () => {
      // The library compares `max_age` with a clock of its own, which is now.
      system.clock.advance(-11 * minute)
      await passThrough(browser, factorsPath)
      await addApp()
      const [factor = ''] = await idsOf()
      system.clock.advance(11 * minute)
      const shown = await browser.open(factorsPath)
      expect(shown.text).to.include('Confirm that it is you').and.not.include('/remove"')
      const asked = await remove(factor)
      expect(interactionOf(asked)?.prompt).to.equal('login')
      const more = await answer(browser, asked, 'login/alice')
      expect(interactionOf(more)?.demand?.control).to.equal('authenticationStrength:multifactor')
      expect(await idsOf()).to.have.length(1)
      const back = await answer(browser, more, 'prove/totp')
      expect(back.url.pathname).to.equal(factorsPath)
      expect(back.text).to.include('/remove"')
      await remove(factor)
      expect(await idsOf()).to.deep.equal([])
    })

    it('ask a browser that has shown the password alone for the code alone', async () => {
      await passThrough(browser, factorsPath)
      await addApp()
      const [factor = ''] = await idsOf()
      browser = system.browser()
      await passThrough(browser, factorsPath)
      for (const page of [await remove(factor), await beginApp()]) {
        expect(interactionOf(page)?.demand?.control).to.equal('authenticationStrength:multifactor')
      }
      expect(await idsOf()).to.deep.equal([factor])
    })

    it('keep the last one while a policy could ask for it, and remove another', async () => {
      const finance = { includeApplications: ['finance'] }
      await enforce('mfa-for-finance', {
        conditions: { applications: finance },
        grantControls: { builtInControls: ['mfa'] },
      })
      await passThrough(browser, factorsPath)
      await addApp()
      await addApp()
      const [first = '', second = ''] = await idsOf()
      await remove(first)
      const kept = await remove(second)
      expect(kept.status).to.equal(422)
      expect(kept.text).to.include('the last one stays')
      expect(await idsOf()).to.deep.equal([second])
    })

    it('set up none where a policy about that is against it', async () => {
      await passThrough(browser, factorsPath)
      const applications = { includeUserActions: ['urn:user:registersecurityinfo'] }
      await enforce('only-at-the-office', {
        conditions: { applications },
        grantControls: { builtInControls: ['block'] },
      })
      for (const page of [await browser.open(`${factorsPath}/add`), await beginApp()]) {
        expect(page.status).to.equal(403)
        expect(page.text).to.include('Not from here')
      }
      const codes = await browser.submit(`${factorsPath}/recovery-codes`, {})
      expect(codes.status).to.equal(422)
      expect(await idsOf()).to.deep.equal([])
    })

    it('forget a browser that was remembered', async () => {
      await system.browsers.remember(sub, { days: 3, browser: 'Firefox', platform: 'windows' })
      const page = await passThrough(browser, factorsPath)
      expect(page.text).to.include('Firefox on Windows')
      const [{ id } = { id: '' }] = await system.browsers.list(sub)
      await browser.submit(`${factorsPath}/forget-browser`, { browser: id })
      expect(await system.browsers.list(sub)).to.deep.equal([])
    })
  })

  describe('of sessions', () => {
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const sessionOf = ({ text }: BrowserPage) => /name="session" value="([^"]+)"/.exec(text)?.[1]
    const isSignedIn = async (who: BrowserSession) =>
      (await who.open('/own-session')).text === JSON.stringify({ accountId: sub })

    it('say where and since when, and end one', async () => {
      const other = system.browser({ 'x-forwarded-for': '192.0.2.7', 'user-agent': firefox })
      const web = await system.discover('web')
      await signInTo(system, web, { browser: other })
      const page = await passThrough(browser, '/account/sessions')
      expect(page.text)
        .to.include('Firefox on Windows')
        .and.include('New Zealand (192.0.2.7)')
        .and.include('Used for <bdi>web</bdi>')
        .and.include('This browser')
      await browser.submit('/account/sessions/end', { session: sessionOf(page) ?? '' })
      expect(await isSignedIn(other)).to.equal(false)
      expect(await isSignedIn(browser)).to.equal(true)
      expect(sessionOf(await browser.open('/account/sessions'))).to.equal(undefined)
    })

    it('end all others, with what apps were given there and not here', async () => {
      const other = system.browser()
      const web = await system.discover('web')
      const [there, here] = [
        await signInTo(system, web, { browser: other, parameters: offline }),
        await signInTo(system, web, { browser, parameters: offline }),
      ]
      system.clock.advance(2_000)
      const page = await browser.open('/account/sessions')
      expect(page.status).to.equal(200)
      await browser.submit('/account/sessions/end-all', { username: 'alice', which: 'others' })
      expect(await isSignedIn(other)).to.equal(false)
      expect(await isSignedIn(browser)).to.equal(true)
      const refresh = (token: string | undefined) => client.refreshTokenGrant(web, token ?? '')
      expect(await refusal(refresh(there.refresh_token))).to.equal('invalid_grant')
      expect((await refresh(here.refresh_token)).access_token).to.be.a('string')
    })

    it('end all, this one too', async () => {
      const other = system.browser()
      await passThrough(other, '/account')
      await passThrough(browser, '/account')
      await system.browsers.remember(sub, { days: 3 })
      const form = { username: 'alice', which: 'all' }
      const page = await browser.submit('/account/sessions/end-all', form)
      expect(page.text).to.include('You are signed out everywhere')
      for (const one of [browser, other]) expect(await isSignedIn(one)).to.equal(false)
      expect(await system.browsers.list(sub)).to.deep.equal([])
    })
  })

  describe('of recent sign-ins', () => {
    const notMe = '/account/sign-ins/not-me'
    const record = {
      kind: 'authorization',
      at: Date.UTC(2026, 10, 21, 15, 0),
      reference: '7KQ-M2X-9TF',
      clientAddress: '192.0.2.7',
      clientId: 'web',
      sub,
      isLetIn: true,
      isFresh: true,
      decision: 'allow',
      applied: [],
    } as const

    it('say what came of each, and where from', async () => {
      const {
        kind: _kind,
        isLetIn: _isLetIn,
        isFresh: _fresh,
        decision: _d,
        applied: _a,
        ...some
      } = record
      system.records.push(record, {
        ...some,
        kind: 'check',
        realm: 'corp',
        outcome: 'wrongPassword',
      })
      const page = await passThrough(browser, '/account/sign-ins')
      expect(page.text)
        .to.include('Signed in</h2>')
        .and.include('Wrong password</h2>')
        .and.include('New Zealand (192.0.2.7)')
        .and.include('21 November 2026 at 15:00 UTC')
    })

    it('of which one was not theirs: others end, help is told, a new password is asked for', async () => {
      system.records.push(record)
      await enforce('risk', {
        state: 'enabledForReportingButNotEnforced',
        conditions: { userRiskLevels: ['high'] },
        grantControls: { builtInControls: ['block'] },
      })
      const other = system.browser()
      await passThrough(other, '/account')
      await system.browsers.remember(sub, { days: 3 })
      const asked = await passThrough(browser, '/account/sign-ins').then(() =>
        browser.open(`${notMe}?reference=${record.reference}`),
      )
      expect(asked.text).to.include('This was not you?')
      const { reference } = record
      const done = await browser.submit(notMe, { username: 'alice', reference })
      expect(done.text).to.include('href="/account/password">Change your password')
      expect(interactionOf(await other.open('/account'))?.prompt).to.equal('login')
      expect(await system.browsers.list(sub)).to.deep.equal([])
      expect(system.alerts).to.have.length(1)
      expect(system.alerts[0]).to.include({ name: 'signInDisowned', reference, realm: 'corp' })
      const said = system.log.filter(({ msg }) => msg.includes('not theirs'))
      expect(said).to.have.length(1)
      expect(said[0]).to.include({ sub, signIn: reference })
      expect((await system.risk.userNow({ sub, names: ['alice'] })).level).to.equal('high')
    })

    it('takes no reference that is not in their list', async () => {
      system.records.push({ ...record, sub: 'corp:bob-id' })
      await passThrough(browser, '/account')
      const { reference } = record
      const page = await browser.submit(notMe, { username: 'alice', reference })
      expect(page.url.pathname).to.equal('/account/sign-ins')
      expect(system.alerts).to.deep.equal([])
    })
  })

  it('send whoever has been refused by a policy to where it says why', async () => {
    await passThrough(browser, '/account')
    await enforce('nobody', { grantControls: { builtInControls: ['block'] } })
    const page = await browser.open('/account')
    expect(interactionOf(page)?.prompt).to.equal('refused')
    const request = await authorizationRequest(await system.discover('web'))
    expect(interactionOf(await browser.open(request.url))?.prompt).to.equal('refused')
  })
})
