import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as client from 'openid-client'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import type { BrowserSession } from '../../support/browser-session.ts'
import { countriesFile } from '../../support/countries-file.ts'
import { eventually } from '../../support/eventually.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  answer,
  authorizationRequest,
  interactionOf,
  type OidcSystem,
  passThrough,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'
import { block, createPoliciesFolder, type PoliciesFolder } from '../../support/policies-folder.ts'

const germany = '198.51.100.7'
const brazil = '203.0.113.7'
const nowhere = '192.0.2.200'
const hour = 3_600_000
const day = 24 * hour

const module = `
  export function createRiskSignal() {
    return {
      measure: ({ userAgent = '' }) => {
        if (userAgent === 'silent') return new Promise(() => {})
        return userAgent === 'odd' ? { signIn: [{ points: 90, text: 'odd' }] } : {}
      },
    }
  }
`

describe('risk', () => {
  let folder: PoliciesFolder
  let system: OidcSystem
  let web: client.Configuration
  let clock: MovedClock
  let keys: string[]

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    clock = movedClock()
    keys = []
    const place = (iso_code: string, latitude: number, longitude: number) => {
      return { country: { iso_code }, location: { latitude, longitude } }
    }
    const countries = countriesFile({
      '198.51.100.0/24': place('DE', 52.5, 13.4),
      '203.0.113.0/24': place('BR', -23.5, -46.6),
    })
    await writeFile(join(folder.path, '../countries.mmdb'), countries)
    const locations = { office: { ipRanges: ['192.0.2.0/25'], isTrusted: true } }
    const places = JSON.stringify({ countriesFile: 'countries.mmdb', locations })
    await folder.writeText('../locations.yaml', places)
  })
  afterEach(async () => {
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  /** With one policy that blocks at these levels. */
  async function start(conditions: object, options: Parameters<typeof startOidc>[0] = {}) {
    await folder.write('risky', { conditions, grantControls: block })
    const memory = createMemoryStore(clock)
    const store = new Proxy(memory, {
      get:
        (target, name: keyof typeof memory) =>
        (key: string, ...rest: never[]) => {
          keys.push(key.slice(0, key.indexOf(':')))
          return (target[name] as (...all: unknown[]) => unknown)(key, ...rest)
        },
    })
    system = await startOidc({ policies: folder.path, clock, store, ...options })
    web = await system.discover('web')
  }
  const medium = { signInRiskLevels: ['medium', 'high'] }
  const from = (address: string) => system.browser({ 'x-forwarded-for': address })
  const decisions = () => system.log.filter(({ msg }) => msg === 'conditional access')
  const risks = () =>
    decisions()
      .filter(({ step }) => step === 'authorization')
      .map(({ risk }) => {
        const { signIn } = risk as { signIn: { points: number; because: { fact: string }[] } }
        return [signIn.points, ...signIn.because.map(({ fact }) => fact)]
      })
  const failFor = async (username: string, times: number, outcome = 'wrongPassword' as const) => {
    for (let n = 0; n < times; n += 1) {
      await system.risk.tried({ realm: 'corp', username, address: brazil, outcome, changed: false })
    }
  }
  async function isRefused(browser: BrowserSession): Promise<boolean> {
    const { url } = await authorizationRequest(web)
    const page = await passUntilDone(browser, url)
    return interactionOf(page)?.prompt === 'refused'
  }
  async function passUntilDone(browser: BrowserSession, url: URL) {
    const page = await browser.open(url)
    return interactionOf(page)?.prompt === 'login' ? answer(browser, page, 'login/alice') : page
  }

  it('stops a strange browser in a new country, far too soon, and says in the log why', async () => {
    await start(medium)
    await signInTo(system, web, { browser: from(germany) })
    clock.advance(hour)
    expect(await isRefused(from(brazil))).to.equal(true)
    const line = decisions().at(-1)
    expect(line).to.deep.include({ decision: 'block', policies: ['risky'] })
    expect(risks().at(-1)).to.deep.equal([105, 'impossibleTravel', 'newCountry', 'unknownDevice'])
  })

  it('lets a new browser in at home, and the known one far away after a flight', async () => {
    await start(medium)
    const headers = { 'x-forwarded-for': germany }
    const browser = system.browser(headers)
    const { url } = await authorizationRequest(web, { prompt: 'login' })
    const page = await passThrough(browser, url)
    const line = page.headers.getSetCookie().find((text) => text.startsWith('postern_device='))
    expect(line).to.match(
      /^postern_device=[\w-]{43}; path=\/; expires=[^;]+; samesite=lax; httponly$/i,
    )
    await signInTo(system, web, { browser: from(germany) })
    clock.advance(20 * hour)
    headers['x-forwarded-for'] = brazil
    const abroad = await answer(browser, await browser.open(url), 'login/alice')
    expect(abroad.url.searchParams.has('code')).to.equal(true)
    expect(risks()).to.deep.equal([
      [10, 'firstSignIn'],
      [25, 'unknownDevice'],
      [30, 'newCountry'],
    ])
  })

  it('of a stolen device cookie is what a known browser takes off, and it opens nothing', async () => {
    await start(medium)
    const own = from(germany)
    await signInTo(system, web, { browser: own })
    const cookie = { name: 'postern_device', value: own.cookies('/').get('postern_device') ?? '' }
    expect(cookie.value).to.have.length(43)
    clock.advance(hour)
    const thief = (address: string) => {
      const browser = from(address)
      browser.putIn(cookie)
      return browser
    }
    const { url } = await authorizationRequest(web)
    expect(interactionOf(await thief(germany).open(url))?.prompt, 'no session').to.equal('login')
    expect(await isRefused(thief(brazil))).to.equal(true)
    expect(risks().at(-1)).to.deep.equal([80, 'impossibleTravel', 'newCountry'])
    // With somebody else's password it is no browser of theirs.
    await signInTo(system, web, { browser: from(germany), person: 'bob' })
    const other = thief(germany)
    await answer(other, await other.open(url), 'login/bob')
    expect(risks().at(-1)).to.deep.equal([25, 'unknownDevice'])
  })

  it('learns nothing from who was refused: a second try is as strange as the first', async () => {
    await start(medium)
    await signInTo(system, web, { browser: from(germany) })
    clock.advance(20 * hour)
    const stranger = from(brazil)
    expect(await isRefused(stranger)).to.equal(true)
    expect(await isRefused(stranger)).to.equal(true)
    expect(await isRefused(from(brazil))).to.equal(true)
  })

  it('stays with a session that another app has let in', async () => {
    const applications = { includeApplications: ['web'] }
    await start({ ...medium, applications })
    await signInTo(system, web, { browser: from(germany) })
    clock.advance(20 * hour)
    const stranger = from(brazil)
    const partner = await system.discover('partner')
    await signInTo(system, partner, { browser: stranger })
    expect(await isRefused(stranger)).to.equal(true)
    // Nor does another sign-in of the same browser look like one that is known.
    const { url } = await authorizationRequest(web, { prompt: 'login' })
    const again = await answer(stranger, await stranger.open(url), 'login/alice')
    expect(interactionOf(again)?.prompt).to.equal('refused')
  })

  it('is measured again at each authorization, by where the session is now', async () => {
    await start(medium)
    const headers = { 'x-forwarded-for': germany }
    const browser = system.browser(headers)
    await signInTo(system, web, { browser })
    expect(await isRefused(browser)).to.equal(false)
    headers['x-forwarded-for'] = brazil
    expect(await isRefused(browser)).to.equal(true)
    headers['x-forwarded-for'] = nowhere
    expect(await isRefused(browser), 'a place that nobody knows').to.equal(false)
  })

  it('counts wrong passwords before the right one, by any form of the name', async () => {
    await start(medium)
    await signInTo(system, web, { browser: from(germany) })
    await failFor('CORP\\Alice', 10)
    await failFor('alice@corp.example', 10)
    expect(await isRefused(from(germany))).to.equal(true)
    expect(risks().at(-1)).to.deep.equal([70, 'failuresBefore', 'unknownDevice'])
    clock.advance(hour)
    expect(await isRefused(from(germany))).to.equal(false)
  })

  it('counts refused passwords from an address, whoever they were for', async () => {
    await start(medium)
    for (const name of ['bob', 'carol', 'dave', 'erin', 'frank']) await failFor(name, 10)
    expect(await isRefused(from(brazil))).to.equal(true)
    expect(risks().at(-1)).to.deep.equal([60, 'addressFailures', 'firstSignIn'])
    expect(await isRefused(from(germany))).to.equal(false)
  })

  it('of a person lasts, also for a refresh, until the password is changed', async () => {
    await start({ userRiskLevels: ['medium', 'high'] })
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const tokens = await signInTo(system, web, { browser: from(germany), parameters: offline })
    const refresh = () => client.refreshTokenGrant(web, String(tokens.refresh_token))
    for (const hours of [1, 2, 2]) {
      clock.advance(hours * hour)
      const locked = { realm: 'corp', username: 'alice', address: germany, changed: false }
      await system.risk.tried({ ...locked, outcome: 'accountLocked' })
    }
    clock.advance(day)
    expect(await refusal(refresh())).to.equal('invalid_grant')
    expect(await isRefused(from(germany))).to.equal(true)
    await system.risk.tried({
      realm: 'corp',
      username: 'alice',
      address: germany,
      outcome: 'ok',
      sub: 'corp:alice-id',
      changed: true,
    })
    expect(await isRefused(from(germany))).to.equal(false)
    expect((await refresh()).access_token).to.be.a('string')
  })

  it('takes points from a module, and is unknown while that says nothing', async () => {
    const file = join(folder.path, '../our-risk.mjs')
    await writeFile(file, module)
    await start(medium, { risk: { module: file, options: {}, timeout: 20 } })
    const as = (agent: string) =>
      system.browser({ 'x-forwarded-for': germany, 'user-agent': agent })
    expect(await isRefused(as('usual'))).to.equal(false)
    expect(await isRefused(as('odd'))).to.equal(true)
    expect(risks().at(-1)?.slice(1)).to.include('module')
    expect(await isRefused(as('silent'))).to.equal(true)
    expect(decisions().at(-1)).to.not.have.property('risk')
    const warning = system.log.find(({ msg }) => msg.startsWith('risk not known'))
    expect(warning).to.include({ detail: 'no answer within 20 ms' })
  })

  it('stands in the log with what a policy that only reports had come to', async () => {
    await start(medium)
    await folder.write('risky', {
      state: 'enabledForReportingButNotEnforced',
      conditions: medium,
      grantControls: block,
    })
    await eventually(() => system.log.some(({ reportOnly }) => String(reportOnly) === 'risky'))
    await signInTo(system, web, { browser: from(germany) })
    clock.advance(hour)
    await signInTo(system, web, { browser: from(brazil) })
    const [usual, unusual] = decisions().filter(({ step }) => step === 'authorization')
    expect(usual).to.deep.include({ decision: 'allow', policies: [] })
    expect(usual).to.not.have.property('reportOnly')
    expect(unusual).to.deep.include({
      decision: 'allow',
      policies: [],
      reportOnly: { decision: 'block', policies: ['risky'] },
    })
    const risk = unusual?.['risk'] as { signIn: object; user: object } | undefined
    expect(risk?.signIn).to.deep.include({ level: 'high', points: 105 })
    expect(risk?.user).to.deep.include({ level: 'none', points: 0, because: [] })
  })

  it('is neither remembered nor looked up while no policy asks', async () => {
    await start({ clientAppTypes: ['other'] })
    const browser = from(germany)
    await signInTo(system, web, { browser })
    await failFor('alice', 3)
    expect(keys.length).to.be.greaterThan(5)
    expect(keys.filter((key) => key.startsWith('risk'))).to.deep.equal([])
    expect([...browser.cookies('/').keys()]).to.not.include('postern_device')
    await folder.write('watch', {
      state: 'enabledForReportingButNotEnforced',
      conditions: medium,
      grantControls: block,
    })
    await eventually(() => system.log.some((line) => JSON.stringify(line).includes('"watch"')))
    await signInTo(system, web, { browser })
    expect(keys.filter((key) => key.startsWith('risk'))).to.not.deep.equal([])
    expect(decisions().at(-1)).to.deep.include({ decision: 'allow' })
  })
})
