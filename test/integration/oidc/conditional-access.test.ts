import { mkdir, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import * as client from 'openid-client'
import { formOf } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  answer,
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  passThrough,
  redirectUri,
  refusal,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'
import {
  block,
  createPoliciesFolder,
  elsewhere,
  office,
  outside,
  type PoliciesFolder,
} from '../../support/policies-folder.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const tv = {
  client_name: 'Big TV',
  first_party: true,
  token_endpoint_auth_method: 'none',
  grant_types: [deviceGrant, 'refresh_token'],
}
const minute = 60_000
const offline = { scope: 'openid offline_access', prompt: 'consent' }
const from = (address: string) => ({ 'x-forwarded-for': address })

describe('policies', () => {
  let folder: PoliciesFolder
  let system: OidcSystem
  let web: client.Configuration
  let clock: MovedClock

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    clock = movedClock()
    system = await startOidc({ clients: { ...clients, tv }, policies: folder.path, clock })
    web = await system.discover('web')
  })
  afterEach(async () => {
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  /** Writes a policy, and waits until it acts. */
  const enforce = async (name: string, policy: Parameters<PoliciesFolder['write']>[1]) => {
    const before = timesRead()
    await folder.write(name, policy)
    await eventually(() => timesRead() > before && lastRead().includes(name))
  }
  const lift = async (name: string) => {
    await folder.remove(name)
    await eventually(() => !lastRead().includes(name))
  }
  const read = () => system.log.filter(({ msg }) => msg === 'policies read again')
  const timesRead = () => read().length
  const lastRead = (): string => JSON.stringify([read().at(-1)])
  const decisions = () => system.log.filter(({ msg }) => msg === 'conditional access')
  const errorOf = (url: URL) => url.searchParams.get('error')

  describe('at a sign-in', () => {
    it('let people in at the office, and refuse them elsewhere', async () => {
      await enforce('office-only', {
        conditions: elsewhere,
        grantControls: block,
        reason: 'Come in.',
      })
      const here = await signInTo(system, web, { browser: system.browser(from(office)) })
      expect(here.claims()?.sub).to.equal('corp:alice-id')

      const { url } = await authorizationRequest(web)
      const browser = system.browser(from(outside))
      const signIn = await browser.open(url)
      const refused = await answer(browser, signIn, 'login/alice')
      const asked = interactionOf(refused)
      expect(asked?.prompt).to.equal('refused')
      expect(asked?.refusal).to.deep.include({
        because: 'blocked',
        policies: ['office-only'],
        reasons: ['Come in.'],
      })

      const left = await answer(browser, refused, 'refuse')
      expect(left.url.href.startsWith(redirectUri)).to.equal(true)
      expect(errorOf(left.url)).to.equal('access_denied')
      const line = decisions().find(({ reference }) => reference === asked?.refusal?.reference)
      expect(line).to.deep.include({
        step: 'authorization',
        sub: 'corp:alice-id',
        clientId: 'web',
        clientAddress: outside,
        decision: 'block',
        policies: ['office-only'],
      })
    })

    it('are not got around by headers that no proxy has written', async () => {
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      // The proxy adds the address that it sees at the end.
      const browser = system.browser(from(`${office}, ${outside}`))
      const refused = await passToRefusal(browser, await authorizationRequest(web))
      expect(refused?.prompt).to.equal('refused')
    })

    it('refuse whoever would need a second factor and can have none', async () => {
      await enforce('mfa', { grantControls: { builtInControls: ['mfa'] } })
      const refused = await passToRefusal(system.browser(), await authorizationRequest(web))
      expect(refused?.refusal).to.deep.include({ because: 'unmet', policies: ['mfa'] })
    })

    it('are about groups as the directory has them', async () => {
      const users = { includeGroups: ['Admins'] }
      await enforce('no-admins', { conditions: { users }, grantControls: block })
      const alice = await passToRefusal(system.browser(), await authorizationRequest(web))
      expect(alice?.refusal?.policies).to.deep.equal(['no-admins'])
    })

    it('are about what the app asks for by acr_values', async () => {
      const applications = { includeAuthenticationContextClassReferences: ['payments'] }
      await enforce('payments', { conditions: { applications }, grantControls: block })
      await signInTo(system, web)
      const request = await authorizationRequest(web, { acr_values: 'low payments' })
      expect((await passToRefusal(system.browser(), request))?.prompt).to.equal('refused')
    })

    it('make a session end with the browser, or let it outlast it as without them', async () => {
      const lasts = async () => {
        const { url } = await authorizationRequest(web)
        const page = await passThrough(system.browser(), url)
        const cookies = page.headers.getSetCookie()
        const cookie = cookies.find((line) => line.startsWith('postern_session='))
        expect(cookie).to.be.a('string')
        return cookie?.includes('expires=')
      }
      const persist = (mode: string) => ({ sessionControls: { persistentBrowser: { mode } } })
      expect(await lasts()).to.equal(true)
      await enforce('own', persist('always'))
      expect(await lasts()).to.equal(true)
      await enforce('public', persist('never'))
      expect(await lasts(), 'the strictest counts').to.equal(false)
    })

    it('make access tokens end sooner', async () => {
      expect((await signInTo(system, web)).expires_in).to.equal(900)
      await enforce('short', { sessionControls: { tokenLifetime: { value: 2, type: 'minutes' } } })
      const tokens = await signInTo(system, web, { parameters: offline })
      expect(tokens.expires_in).to.equal(120)
      const renewed = await client.refreshTokenGrant(web, String(tokens.refresh_token))
      expect(renewed.expires_in).to.equal(120)
    })

    it('that only report change nothing, and stand in the log', async () => {
      const state = 'enabledForReportingButNotEnforced'
      await enforce('office-only', { state, conditions: elsewhere, grantControls: block })
      await signInTo(system, web, { browser: system.browser(from(outside)) })
      expect(
        decisions().map(({ step, decision, reportOnly }) => [step, decision, reportOnly]),
      ).to.deep.equal([
        ['authorization', 'allow', { decision: 'block', policies: ['office-only'] }],
        ['tokens', 'allow', { decision: 'block', policies: ['office-only'] }],
      ])
    })
  })

  describe('at a later authorization of the same session', () => {
    it('count again, by where the person is now', async () => {
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      const headers = from(office)
      const browser = system.browser(headers)
      await signInTo(system, web, { browser })

      headers['x-forwarded-for'] = outside
      const { url } = await authorizationRequest(web)
      expect(interactionOf(await browser.open(url))?.prompt).to.equal('refused')
      const silent = await authorizationRequest(web, { prompt: 'none' })
      expect(errorOf((await browser.open(silent.url)).url)).to.equal('access_denied')

      headers['x-forwarded-for'] = office
      expect((await browser.open(url)).url.searchParams.has('code')).to.equal(true)
    })

    it('ask for a sign-in that is fresh enough, and then are content', async () => {
      const signInFrequency = { value: 1, type: 'hours' }
      await enforce('hourly', { sessionControls: { signInFrequency } })
      const browser = system.browser()
      await signInTo(system, web, { browser })
      const { url } = await authorizationRequest(web)
      expect((await browser.open(url)).url.searchParams.has('code')).to.equal(true)

      clock.advance(3_600_000)
      const silent = await authorizationRequest(web, { prompt: 'none' })
      expect(errorOf((await browser.open(silent.url)).url)).to.equal('login_required')
      const again = await browser.open(url)
      expect(interactionOf(again)?.prompt).to.equal('login')
    })

    it('ask for a sign-in every time, and each one counts once', async () => {
      const signInFrequency = { frequencyInterval: 'everyTime' }
      await enforce('every-time', { sessionControls: { signInFrequency } })
      const browser = system.browser()
      await signInTo(system, web, { browser })
      const page = await browser.open((await authorizationRequest(web)).url)
      expect(interactionOf(page)?.prompt).to.equal('login')
      const back = await answer(browser, page, 'login/alice')
      expect(back.url.searchParams.has('code')).to.equal(true)
    })
  })

  describe('at a refresh', () => {
    it('count again, and take nothing away for good', async () => {
      const tokens = await signInTo(system, web, { parameters: offline })
      const refresh = () => client.refreshTokenGrant(web, String(tokens.refresh_token))
      await enforce('closed', { grantControls: block })
      expect(await refusal(refresh())).to.equal('invalid_grant')
      expect(decisions().at(-1)).to.include({ step: 'refresh', decision: 'block' })
      await lift('closed')
      expect((await refresh()).access_token).to.be.a('string')
    })

    it('know where the person was, if the app asks from a server', async () => {
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      const browser = system.browser(from(office))
      const tokens = await signInTo(system, web, { browser, parameters: offline })
      const renewed = await client.refreshTokenGrant(web, String(tokens.refresh_token))
      expect(renewed.access_token).to.be.a('string')
    })

    it('know where the person is, if the app runs there', async () => {
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      const spa = await system.discover('spa', { authentication: client.None() })
      const address = from(office)
      spa[client.customFetch] = (url, options) =>
        fetch(url, { ...options, headers: { ...options.headers, ...address } } as RequestInit)
      const parameters = { ...offline, redirect_uri: 'https://spa.example.com/' }
      const browser = system.browser(from(office))
      const tokens = await signInTo(system, spa, { browser, parameters })
      const renewed = await client.refreshTokenGrant(spa, String(tokens.refresh_token))

      address['x-forwarded-for'] = outside
      const refused = client.refreshTokenGrant(spa, String(renewed.refresh_token))
      expect(await refusal(refused)).to.equal('invalid_grant')
    })

    it('end what is older than a sign-in may count', async () => {
      const signInFrequency = { value: 1, type: 'hours' }
      await enforce('hourly', { sessionControls: { signInFrequency } })
      const tokens = await signInTo(system, web, { parameters: offline })
      clock.advance(3_600_000)
      const refused = client.refreshTokenGrant(web, String(tokens.refresh_token))
      expect(await refusal(refused)).to.equal('invalid_grant')
    })

    it('take the safe side with tokens from before there were policies', async () => {
      const browser = system.browser(from(office))
      const tokens = await signInTo(system, web, { browser, parameters: offline })
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      const refused = client.refreshTokenGrant(web, String(tokens.refresh_token))
      expect(await refusal(refused)).to.equal('invalid_grant')
    })
  })

  describe('in the device flow', () => {
    it('refuse the person, and tell the device', async () => {
      const authenticationFlows = { transferMethods: ['deviceCodeFlow'] }
      await enforce('no-codes', { conditions: { authenticationFlows }, grantControls: block })
      await signInTo(system, web)

      const device = await system.discover('tv', { authentication: client.None() })
      const started = await client.initiateDeviceAuthorization(device, { scope: 'openid' })
      const browser = system.browser()
      const typing = formOf(await browser.open('/device'))
      const typed = { ...typing.fields, user_code: started.user_code }
      const confirming = formOf(await browser.submit(typing.action, typed))
      const signIn = await browser.submit(confirming.action, confirming.fields)
      const refused = await answer(browser, signIn, 'login/alice')
      expect(interactionOf(refused)?.refusal?.policies).to.deep.equal(['no-codes'])
      await answer(browser, refused, 'refuse')

      const { device_code } = started
      const polled = client.genericGrantRequest(device, deviceGrant, { device_code })
      expect(await refusal(polled)).to.equal('access_denied')
    })
  })

  describe('that change while the provider runs', () => {
    it('count as a whole: a bad set changes nothing, and is said to be bad', async () => {
      await enforce('closed', { grantControls: block })
      await folder.writeText('other.yaml', 'displayName: Other\nstate: enabeld\n')
      await folder.remove('closed')
      const complaint = 'policies not changed: the last good ones stay'
      await eventually(() => system.log.some(({ msg }) => msg === complaint))
      const refused = await passToRefusal(system.browser(), await authorizationRequest(web))
      expect(refused?.refusal?.policies).to.deep.equal(['closed'])

      await lift('other')
      await eventually(() => !lastRead().includes('closed'))
      await signInTo(system, web)
    })

    it('follow locations.yaml, too', async () => {
      await enforce('office-only', { conditions: elsewhere, grantControls: block })
      const locations = { office: { ipRanges: ['203.0.113.0/24'], isTrusted: true } }
      const before = timesRead()
      await folder.writeText('../locations.yaml', JSON.stringify({ locations }))
      await eventually(() => timesRead() > before)
      await signInTo(system, web, { browser: system.browser(from(outside)) })
    })

    it('follow a folder that is put in their place, and what is changed in it then', async () => {
      await enforce('closed', { grantControls: block })
      await using next = await createPoliciesFolder()
      await next.write('other', { grantControls: block })
      await rename(folder.path, `${folder.path}-before`)
      await rename(next.path, folder.path)
      await eventually(() => lastRead().includes('other'))
      expect(lastRead()).to.not.include('closed')
      await enforce('third', { grantControls: block })
      const refused = await passToRefusal(system.browser(), await authorizationRequest(web))
      expect(refused?.refusal?.policies).to.deep.equal(['other', 'third'])
    })

    it('follow the link by which Kubernetes changes all files of a ConfigMap', async () => {
      const top = join(folder.path, '../mounted')
      const version = async (name: string, displayName: string) => {
        await mkdir(join(top, name, 'policies'), { recursive: true })
        const sets = { includeUsers: ['All'] }
        const applications = { includeApplications: ['All'] }
        const conditions = { users: sets, applications }
        const policy = { displayName, state: 'enabled', conditions, grantControls: block }
        await writeFile(join(top, name, 'policies', `${displayName}.yaml`), JSON.stringify(policy))
      }
      await version('..1', 'first')
      await symlink('..1', join(top, '..data'))
      await symlink('..data/policies', join(top, 'policies'))
      await using mounted = await startOidc({ policies: join(top, 'policies') })
      const reads = () =>
        JSON.stringify(mounted.log.filter(({ msg }) => msg.startsWith('policies')))
      expect(reads()).to.include('first')
      for (const [name, displayName] of [
        ['..2', 'second'],
        ['..3', 'third'],
      ] as const) {
        await version(name, displayName)
        await symlink(name, join(top, '..data_tmp'))
        await rename(join(top, '..data_tmp'), join(top, '..data'))
        await eventually(() => reads().includes(displayName))
      }
    })

    it('act in every process that reads the same folder', async () => {
      await using other = await startOidc({ policies: folder.path })
      await enforce('closed', { grantControls: block })
      const there = await other.discover('web')
      await eventually(() => other.log.some((line) => JSON.stringify(line).includes('"closed"')))
      for (const [each, config] of [
        [system, web],
        [other, there],
      ] as const) {
        const request = await authorizationRequest(config)
        expect((await passToRefusal(each.browser(), request))?.prompt).to.equal('refused')
      }
    })
  })

  it('stand before the pages of the account, too, which a session alone would open', async () => {
    await enforce('office-only', { conditions: elsewhere, grantControls: block })
    const browser = system.browser(from(outside))
    await passToRefusal(browser, await authorizationRequest(web))
    const visit = (address: string) =>
      fetch(`${system.origin}/own-session`, {
        headers: { cookie: cookieOf(browser), ...from(address) },
      }).then((response) => response.json())
    expect(await visit(outside)).to.deep.equal({})
    expect(await visit(office)).to.deep.equal({ accountId: 'corp:alice-id' })
  })

  it('let nobody on at those pages whose sign-in is older than it may be', async () => {
    const browser = system.browser(from(office))
    const signInAgain = { prompt: 'login' }
    const visit = async () => {
      const headers = { cookie: cookieOf(browser), ...from(office) }
      const answered = await fetch(`${system.origin}/own-session`, { headers })
      return ((await answered.json()) as { accountId?: string }).accountId
    }
    for (const [signInFrequency, last] of [
      [{ value: 1, type: 'hours' }, 60],
      // A page is more than one request, and each has to be let on.
      [{ frequencyInterval: 'everyTime' }, 5],
    ] as const) {
      await enforce('often', { sessionControls: { signInFrequency } })
      await signInTo(system, web, { browser, parameters: signInAgain })
      clock.advance((last - 1) * minute)
      expect(await visit()).to.equal('corp:alice-id')
      clock.advance(minute)
      expect(await visit()).to.equal(undefined)
      await lift('often')
      expect(await visit()).to.equal('corp:alice-id')
    }
  })

  it('that are bad keep a provider from starting, and all is said', async () => {
    await folder.writeText('one.yaml', 'state: enabeld\n')
    await folder.write('two', { grantControls: { builtInControls: ['passwordChange'] } })
    const failed = await startOidc({ policies: folder.path }).then(
      () => 'it started',
      (thrown: unknown) => String(thrown),
    )
    expect(failed).to.include('one.yaml').and.include('needs mfa')
  })

  function cookieOf(browser: ReturnType<OidcSystem['browser']>): string {
    return [...browser.cookies('/')].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  async function passToRefusal(
    browser: ReturnType<OidcSystem['browser']>,
    { url }: { readonly url: URL },
  ) {
    const signIn = await browser.open(url)
    return interactionOf(await answer(browser, signIn, 'login/alice'))
  }
})
