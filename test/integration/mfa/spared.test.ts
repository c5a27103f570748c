import { expect } from 'chai'
import * as client from 'openid-client'
import { generateSync } from 'otplib'
import { type BrowserPage, type BrowserSession, formOf } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import { type FactorSystem, startFactorSystem } from '../../support/factor-system.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import { authorizationRequest, refusal } from '../../support/oidc-system.ts'
import type { PoliciesFolder } from '../../support/policies-folder.ts'
import { createPoliciesFolder, elsewhere, office, outside } from '../../support/policies-folder.ts'
import { passkeyForm, softwareAuthenticator } from '../../support/software-authenticator.ts'

const day = 86_400_000
const sub = 'corp:alice-id'
const mfa = { builtInControls: ['mfa'] }
const rememberBrowser = { value: 14 }
const rememberUpTo14Days = { grantControls: mfa, sessionControls: { rememberBrowser } }

/** Who is spared a second factor, for how long, and what is offered with one. */
describe('second factors, on the pages of a sign-in', function () {
  this.timeout(30_000)
  let folder: PoliciesFolder
  let system: FactorSystem
  let web: client.Configuration
  let clock: MovedClock

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    clock = movedClock()
    system = await startFactorSystem({ policies: folder.path, clock })
    web = await system.discover('web')
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

  /** Each visit is to the page with a title, or to the app. */
  const titleOf = ({ hasLeft, text, url }: BrowserPage) =>
    hasLeft
      ? (url.searchParams.get('error') ?? 'the app')
      : (/<h1>([^<]+)<\/h1>/.exec(text)?.[1] ?? text)
  const post = (browser: BrowserSession, page: BrowserPage, form: string, fields = {}) => {
    const action = new RegExp(`action="([^"]+/${form})"`).exec(page.text)?.[1]
    if (action === undefined) throw new Error(`no form ${form} at ${titleOf(page)}: ${page.text}`)
    return browser.submit(action, fields)
  }
  const open = async (browser: BrowserSession, parameters: Record<string, string> = {}) => {
    const request = await authorizationRequest(web, parameters)
    return { page: await browser.open(request.url), request }
  }
  const logIn = async (browser: BrowserSession, page: BrowserPage, username = 'alice') => {
    const asked = await post(browser, page, 'username', { username })
    return post(browser, asked, 'password', { username, password: 'right' })
  }
  const signIn = async (browser: BrowserSession, username?: string) =>
    logIn(browser, (await open(browser)).page, username)
  /** Whoever uses this browser after the session is over. */
  const again = async (browser: BrowserSession, username?: string) => {
    browser.lose('postern_session')
    return signIn(browser, username)
  }

  interface Device {
    code(): string
  }
  const enrolDevice = async (person = sub): Promise<Device> => {
    const whose = { sub: person, username: 'alice' }
    const begun = await system.factors.begin({ purpose: 'enrol', method: 'totp', person: whose })
    if ('refused' in begun) throw new Error(begun.refused)
    const key = String(begun.shown['typed']).replaceAll(' ', '')
    const code = () => {
      // Each works once.
      clock.advance(60_000)
      return generateSync({ secret: key, epoch: Math.floor(clock.now() / 1000) })
    }
    const form = new Map([['code', code()]])
    const enrolled = await system.factors.enrol({ challenge: begun.id, sub: person, form })
    if ('refused' in enrolled) throw new Error(enrolled.refused)
    return { code }
  }
  const challengeIn = ({ text }: BrowserPage) =>
    /name="challenge" value="([^"]+)"/.exec(text)?.[1] ?? ''
  const prove = (
    browser: BrowserSession,
    page: BrowserPage,
    fields: { readonly code: string; readonly remember?: string },
  ) => post(browser, page, 'second-factor', { challenge: challengeIn(page), ...fields })
  /** To the app, past what is suggested on the way. */
  const proveAndGo = async (...given: Parameters<typeof prove>) => {
    const page = await prove(...given)
    return page.hasLeft ? page : post(given[0], page, 'passkey-later')
  }

  describe('a remembered browser', () => {
    let device: Device

    beforeEach(async () => {
      device = await enrolDevice()
      await enforce('mfa', rememberUpTo14Days)
    })

    const remembered = async (browser = system.browser()) => {
      const page = await signIn(browser)
      await proveAndGo(browser, page, { code: device.code(), remember: 'yes' })
      return browser
    }

    it('is asked for nothing more for the days that the policy gives, and then again', async () => {
      const browser = await remembered()
      expect(titleOf(await again(browser))).to.equal('the app')
      clock.advance(13 * day)
      expect(titleOf(await again(browser))).to.equal('the app')
      clock.advance(day)
      expect(titleOf(await again(browser))).to.equal('Enter the code')
    })

    it('says nothing of it in the tokens, and the log does', async () => {
      const browser = await remembered()
      browser.lose('postern_session')
      const { page, request } = await open(browser)
      const done = await logIn(browser, page)
      const tokens = await client.authorizationCodeGrant(web, done.url, request.checks)
      expect(tokens.claims()?.['amr']).to.deep.equal(['pwd'])
      expect(tokens.claims()).to.not.have.property('acr')
      const entry = system.log.findLast(({ msg, step }) => {
        return msg === 'conditional access' && step === 'authorization'
      })
      expect(entry?.['instead']).to.deep.equal(['rememberedBrowser'])
    })

    it('is listed with what it is, and forgotten one by one', async () => {
      await remembered(
        system.browser({
          'user-agent': 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0',
        }),
      )
      const browser = await remembered()
      const listed = await system.browsers.list(sub)
      expect(listed[1]).to.include({ browser: 'Firefox', platform: 'windows' })
      await system.browsers.revoke(sub, listed[0]?.id ?? '')
      expect(titleOf(await again(browser))).to.equal('Enter the code')
    })

    it('is nobody else’s, and does not let a password be left out', async () => {
      const other = await enrolDevice('corp:bob-id')
      const browser = await remembered()
      const asked = await again(browser, 'bob')
      expect(titleOf(asked)).to.equal('Enter the code')
      const page = await proveAndGo(browser, asked, { code: other.code(), remember: 'yes' })
      expect(page.hasLeft).to.equal(true)
      expect(titleOf(await again(browser, 'alice'))).to.equal('the app')
      expect(titleOf(await again(browser, 'bob'))).to.equal('the app')
      browser.lose('postern_session')
      expect(titleOf((await open(browser)).page)).to.equal('Sign in')
    })

    it('is asked by whoever wants a strength, policy or app', async () => {
      const browser = await remembered()
      browser.lose('postern_session')
      const acr = (await open(browser, { acr_values: 'multifactor' })).page
      expect(titleOf(await logIn(browser, acr))).to.equal('Enter the code')
      await enforce('strength', { grantControls: { authenticationStrength: 'multifactor' } })
      const asked = await again(browser)
      expect(titleOf(asked)).to.equal('Enter the code')
      expect(asked.text).to.not.include('name="remember"')
    })

    it('is not offered, and counts no more, where no policy says so or one wants it each time', async () => {
      const browser = await remembered()
      const signInFrequency = {
        frequencyInterval: 'everyTime',
        authenticationType: 'secondaryAuthentication',
      }
      await enforce('each-time', { sessionControls: { signInFrequency } })
      const asked = await again(browser)
      expect(titleOf(asked)).to.equal('Enter the code')
      expect(asked.text).to.not.include('name="remember"')
      await folder.remove('each-time')
      await enforce('mfa', { grantControls: mfa })
      const anew = await again(browser)
      expect(titleOf(anew)).to.equal('Enter the code')
      await proveAndGo(browser, anew, { code: device.code(), remember: 'yes' })
      expect(await system.browsers.list(sub)).to.have.length(1)
    })

    it('is forgotten when the password is changed, or all sessions are ended', async () => {
      const browser = await remembered()
      const alice = system.accounts['alice'] ?? { id: '', claims: {} }
      system.accounts['alice'] = { ...alice, passwordChangedAt: clock.now() }
      const page = await again(browser)
      expect(titleOf(page)).to.equal('Enter the code')
      clock.advance(1000)
      await proveAndGo(browser, page, { code: device.code(), remember: 'yes' })
      expect(titleOf(await again(browser))).to.equal('the app')
      await system.endSessions(sub)
      // By whole seconds, as sign-ins are.
      clock.advance(1000)
      expect(titleOf(await again(browser))).to.equal('Enter the code')
    })

    it('ends refresh tokens that rest on it when its time is over', async () => {
      const browser = await remembered()
      clock.advance(13 * day)
      browser.lose('postern_session')
      const offline = { scope: 'openid offline_access', prompt: 'consent' }
      const { page, request } = await open(browser, offline)
      const done = await logIn(browser, page)
      const tokens = await client.authorizationCodeGrant(web, done.url, request.checks)
      const next = await client.refreshTokenGrant(web, String(tokens.refresh_token))
      clock.advance(day)
      const refused = client.refreshTokenGrant(web, String(next.refresh_token))
      expect(await refusal(refused)).to.equal('invalid_grant')
    })
  })

  describe('setting one up', () => {
    it('can be put off as often as the policy says, and then not', async () => {
      await enforce('mfa', { grantControls: { ...mfa, registrationSkips: 2 } })
      const first = system.browser()
      const page = await signIn(first)
      expect(page.text).to.include('You can put it off 2 times.')
      expect(titleOf(await post(first, page, 'skip-enrolment'))).to.equal('the app')
      // It counts for the session.
      expect(titleOf((await open(first)).page)).to.equal('the app')
      const second = system.browser()
      const last = await signIn(second)
      expect(last.text).to.include('the last time')
      expect(titleOf(await post(second, last, 'skip-enrolment'))).to.equal('the app')
      const third = system.browser()
      const over = await signIn(third)
      expect(titleOf(over)).to.equal('Secure your account')
      expect(over.text).to.not.include('skip-enrolment')
      const entry = system.log.findLast(({ msg }) => msg === 'conditional access')
      expect(entry?.['instead']).to.deep.equal(['registrationPutOff'])
    })

    it('counts no more, in any session, once something is set up', async () => {
      await enforce('mfa', { grantControls: { ...mfa, registrationSkips: 5 } })
      const browser = system.browser()
      await post(browser, await signIn(browser), 'skip-enrolment')
      await enrolDevice()
      const { page } = await open(browser)
      expect(titleOf(page)).to.equal('Enter the code')
      expect(page.text).to.not.include('skip-enrolment')
    })

    it('cannot be put off where one of the policies does not say so', async () => {
      await enforce('mild', { grantControls: { ...mfa, registrationSkips: 5 } })
      await enforce('strict', { grantControls: mfa })
      const page = await signIn(system.browser())
      expect(titleOf(page)).to.equal('Secure your account')
      expect(page.text).to.not.include('skip-enrolment')
    })
  })

  describe('where policies guard the setting up', () => {
    const from = (address: string) => system.browser({ 'x-forwarded-for': address })
    const guarded = {
      conditions: {
        applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
        ...elsewhere,
      },
      grantControls: mfa,
      reason: 'Set it up in the office.',
    }

    beforeEach(async () => {
      await enforce('guarded', guarded)
      await enforce('mfa', { grantControls: mfa })
    })

    it('is refused elsewhere, with words, and goes on in the office', async () => {
      const refused = await signIn(from(outside))
      expect(refused.status).to.equal(403)
      expect(titleOf(await signIn(from(office)))).to.equal('Secure your account')
    })

    it('goes on with a pass of the help desk, and is offered at once', async () => {
      const person = { sub, username: 'alice' }
      const pass = { lifetime: 60, isOnce: true }
      const issued = await system.factors.issuePass(person, pass)
      if ('refused' in issued) throw new Error(issued.refused)
      const browser = from(outside)
      const page = await signIn(browser)
      expect(titleOf(page)).to.equal('Enter your temporary access pass')
      const code = issued.enrolled.shownOnce[0] ?? ''
      const choose = await prove(browser, page, { code })
      expect(titleOf(choose)).to.equal('Secure your account')
      const setUp = await post(browser, choose, 'enrol', { method: 'totp' })
      const secret = /typed-secret">([^<]+)</.exec(setUp.text)?.[1]?.replaceAll(' ', '') ?? ''
      const typed = generateSync({ secret, epoch: Math.floor(clock.now() / 1000) })
      const codes = await post(browser, setUp, 'enrolment', {
        challenge: challengeIn(setUp),
        code: typed,
      })
      expect(titleOf(codes)).to.equal('In case you lose it')
      expect(titleOf(await post(browser, codes, 'no-codes'))).to.equal('the app')
      expect((await system.factors.of(sub)).map(({ method }) => method)).to.include('totp')
    })

    it('needs what somebody has already, not their password', async () => {
      const device = await enrolDevice()
      await enforce('strong', {
        grantControls: { authenticationStrength: 'phishingResistant' },
      })
      const browser = from(outside)
      const page = await signIn(browser)
      expect(titleOf(page)).to.equal('Enter the code')
      const next = await prove(browser, page, { code: device.code() })
      expect(titleOf(next)).to.equal('Secure your account')
    })

    it('is not let in because it was put off', async () => {
      await enforce('mfa', { grantControls: { ...mfa, registrationSkips: 5 } })
      const browser = from(outside)
      const page = await signIn(browser)
      expect(page.text).to.include('cannot be set up from here')
      expect(titleOf(await post(browser, page, 'skip-enrolment'))).to.equal('the app')
      await enforce('strict', { grantControls: mfa })
      expect((await open(browser)).page.status).to.equal(403)
    })
  })

  describe('a thief', () => {
    const stronger = { acr_values: 'phishingResistant' }
    const minutes = (count: number) => clock.advance(count * 60_000)
    const secretIn = ({ text }: BrowserPage) =>
      /typed-secret">([^<]+)</.exec(text)?.[1]?.replaceAll(' ', '') ?? ''
    const codeNow = (secret: string) =>
      generateSync({ secret, epoch: Math.floor(clock.now() / 1000) })
    const methods = async () => (await system.factors.of(sub)).map(({ method }) => method)
    const enrolKey = async () => {
      const person = { sub, username: 'alice' }
      const begun = await system.factors.begin({ purpose: 'enrol', method: 'passkey', person })
      if ('refused' in begun) throw new Error(begun.refused)
      const key = softwareAuthenticator({ origin: 'http://localhost' })
      const form = passkeyForm(key.create(begun.shown['options']))
      await system.factors.enrol({ challenge: begun.id, sub, form })
    }

    it('shows no passkey by a code, on the page that asks for the passkey', async () => {
      const device = await enrolDevice()
      await enrolKey()
      expect(await methods()).to.have.members(['totp', 'passkey'])
      await enforce('mfa', { grantControls: mfa })
      const browser = system.browser()
      const weaker = await post(browser, await signIn(browser), 'other-factor', { method: 'totp' })
      const { page } = await open(browser, stronger)
      expect(titleOf(page)).to.equal('Use your passkey')
      const answer = { challenge: challengeIn(weaker), code: device.code() }
      const next = await post(browser, page, 'second-factor', answer)
      expect(titleOf(next)).to.equal('Use your passkey')
    })

    it('sets up no app with codes where a passkey is asked for', async () => {
      await enforce('mfa', { grantControls: mfa })
      const browser = system.browser()
      const weaker = await post(browser, await signIn(browser), 'enrol', { method: 'totp' })
      const choose = (await open(browser, stronger)).page
      const page = await post(browser, choose, 'enrol', { method: 'passkey' })
      expect(titleOf(page)).to.equal('Set up a passkey')
      const answer = { challenge: challengeIn(weaker), code: codeNow(secretIn(weaker)) }
      const codes = await post(browser, page, 'enrolment', answer)
      const next = await post(browser, codes, 'no-codes')
      expect(titleOf(next)).to.equal('Secure your account')
      expect(next.text).to.not.include('App with codes')
    })

    it('sets nothing up in a browser that somebody left open, without the password', async () => {
      const browser = system.browser()
      expect(titleOf(await signIn(browser))).to.equal('the app')
      minutes(11)
      await enforce('mfa', { grantControls: mfa })
      const { page } = await open(browser)
      expect(titleOf(page)).to.equal('Enter your password again')
      const owner = { username: 'alice', password: 'right' }
      const choose = await post(browser, page, 'password', owner)
      expect(titleOf(choose)).to.equal('Secure your account')
      minutes(11)
      const late = await post(browser, choose, 'enrol', { method: 'totp' })
      expect(titleOf(late)).to.equal('Enter your password again')
    })

    it('sets nothing up on a page that somebody left open', async () => {
      await enforce('mfa', { grantControls: mfa })
      const browser = system.browser()
      const setUp = await post(browser, await signIn(browser), 'enrol', { method: 'totp' })
      // As long as a challenge is good; here it is forgotten by another clock.
      minutes(11)
      const answer = { challenge: 'forgotten', code: codeNow(secretIn(setUp)) }
      const late = await post(browser, setUp, 'enrolment', answer)
      expect(titleOf(late)).to.equal('Enter your password again')

      const device = await enrolDevice()
      const own = system.browser()
      const nudge = await prove(own, await signIn(own), { code: device.code() })
      expect(titleOf(nudge)).to.equal('Less to type next time?')
      minutes(11)
      expect(titleOf(await post(own, nudge, 'enrol', { method: 'passkey' }))).to.equal('the app')
    })

    it('hears of no passkey with a code alone, in a session of somebody else', async () => {
      const device = await enrolDevice()
      const browser = system.browser()
      await signIn(browser)
      minutes(11)
      await enforce('mfa', { grantControls: mfa })
      const { page } = await open(browser)
      expect(titleOf(await prove(browser, page, { code: device.code() }))).to.equal('the app')
    })

    it('comes in by no notice that they kept from before all was ended', async () => {
      const alice = system.accounts['alice'] ?? { id: '', claims: {} }
      system.accounts['alice'] = { ...alice, passwordExpiresAt: clock.now() + day }
      const browser = system.browser()
      const notice = await signIn(browser)
      expect(notice.text).to.include('/later"')
      minutes(1)
      await system.endSessions(sub)
      expect((await post(browser, notice, 'later')).status).to.equal(400)
      expect(titleOf((await open(browser)).page)).to.equal('Sign in')
    })

    it('adds nothing by a page from before the person had a factor', async () => {
      await enforce('mfa', { grantControls: mfa })
      const [one, other] = [system.browser(), system.browser()]
      const choose = await signIn(one)
      const setUp = await post(other, await signIn(other), 'enrol', { method: 'totp' })
      await enrolDevice()
      expect(titleOf(await post(one, choose, 'enrol', { method: 'totp' }))).to.equal(
        'Enter the code',
      )
      const answer = { challenge: challengeIn(setUp), code: codeNow(secretIn(setUp)) }
      expect(titleOf(await post(other, setUp, 'enrolment', answer))).to.equal('Enter the code')
      expect(await methods()).to.deep.equal(['totp'])
    })

    it('adds nothing by a page of a session that has been ended', async () => {
      await enforce('mfa', { grantControls: mfa })
      const browser = system.browser()
      const setUp = await post(browser, await signIn(browser), 'enrol', { method: 'totp' })
      clock.advance(1000)
      await system.endSessions(sub)
      const answer = { challenge: challengeIn(setUp), code: codeNow(secretIn(setUp)) }
      expect((await post(browser, setUp, 'enrolment', answer)).status).to.equal(400)
      expect(await methods()).to.deep.equal([])
    })

    it('puts nothing off that is not offered, and is remembered by no cookie of their own', async () => {
      await enforce('mfa', rememberUpTo14Days)
      const browser = system.browser()
      const page = await signIn(browser)
      const skipped = await browser.submit(`${page.url.pathname}/skip-enrolment`, {})
      expect(titleOf(skipped)).to.equal('Secure your account')
      await enrolDevice()
      browser.putIn({ name: 'postern_remembered', value: 'a'.repeat(43) })
      expect(titleOf(await again(browser))).to.equal('Enter the code')
      expect(titleOf((await open(browser, { prompt: 'none' })).page)).to.equal(
        'interaction_required',
      )
      const stranger = await system.browser().open((await open(browser)).page.url)
      expect(stranger.status).to.equal(400)
    })
  })

  describe('a passkey', () => {
    it('is suggested once in a while to whoever has shown less, and leads to the app anyway', async () => {
      const device = await enrolDevice()
      await enforce('mfa', { grantControls: mfa })
      const visit = async (): Promise<readonly [BrowserSession, BrowserPage]> => {
        const browser = system.browser()
        return [browser, await prove(browser, await signIn(browser), { code: device.code() })]
      }
      const [first, suggested] = await visit()
      expect(titleOf(suggested)).to.equal('Less to type next time?')
      const setUp = await post(first, suggested, 'enrol', { method: 'passkey' })
      expect(titleOf(setUp)).to.equal('Set up a passkey')
      expect(titleOf(await post(first, setUp, 'skip-enrolment'))).to.equal('the app')
      expect(titleOf((await visit())[1])).to.equal('the app')
      clock.advance(30 * day)
      const [later, once] = await visit()
      expect(titleOf(await post(later, once, 'passkey-never'))).to.equal('the app')
      clock.advance(300 * day)
      expect(titleOf((await visit())[1])).to.equal('the app')
    })

    it('is suggested to nobody while a device waits for them, and the device is let in', async () => {
      const device = await enrolDevice()
      await enforce('mfa', rememberUpTo14Days)
      const grant = 'urn:ietf:params:oauth:grant-type:device_code'
      const tv = { token_endpoint_auth_method: 'none', grant_types: [grant], first_party: true }
      await system.writeClient('tv', { client_name: 'Big TV', ...tv })
      const config = await system.discover('tv', { authentication: client.None() })
      const start = () => client.initiateDeviceAuthorization(config, { scope: 'openid' })
      await eventually(async () => {
        await start()
      })
      const started = await start()
      const browser = system.browser()
      const go = (page: BrowserPage, more = {}) => {
        const { action, fields } = formOf(page)
        return browser.submit(action, { ...fields, ...more })
      }
      const compare = await go(await browser.open('/device'), { user_code: started.user_code })
      const asked = await logIn(browser, await go(compare))
      const done = await prove(browser, asked, { code: device.code(), remember: 'yes' })
      expect(done.text).to.include('Your device is connected')
      const { device_code } = started
      const tokens = await client.genericGrantRequest(config, grant, { device_code })
      expect(tokens.claims()?.['amr']).to.deep.equal(['pwd', 'otp', 'mfa'])
      // The browser is the person's own, and remembered for them alone.
      expect(titleOf(await again(browser))).to.equal('the app')
      expect(titleOf(await signIn(system.browser()))).to.equal('Enter the code')
    })
  })
})
