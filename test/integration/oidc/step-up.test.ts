import { expect } from 'chai'
import * as client from 'openid-client'
import type { ProofMethod } from '../../../provider/oidc/access/proofs.ts'
import type { StepUp } from '../../../provider/oidc/access/step-up.ts'
import type { BrowserPage, BrowserSession } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  answer,
  authorizationRequest,
  clients,
  interactionOf,
  type OidcSystem,
  refusal,
  startOidc,
} from '../../support/oidc-system.ts'
import { createPoliciesFolder, type PoliciesFolder } from '../../support/policies-folder.ts'

const strong = 'phishingResistant'
const resource = 'https://api.example.com'

/** Everybody has a one-time code and a passkey, but nobody can change a password. */
const stepUp: StepUp = {
  strengths: ['multifactor', strong],
  met: (shown) => {
    const methods = shown.map(({ method }) => method)
    if (methods.includes('passkey')) return ['multifactor', strong]
    return methods.includes('password') && methods.includes('totp') ? ['multifactor'] : []
  },
  standing: async () => ({ controls: [], proofs: [] }),
  available: async (_sub, controls) => controls.filter((control) => control !== 'passwordChange'),
  putOffs: async () => undefined,
}

const requireAll = (...builtInControls: string[]) => ({ grantControls: { builtInControls } })

describe('what is asked for beside a password', () => {
  let folder: PoliciesFolder
  let system: OidcSystem
  let web: client.Configuration
  let clock: MovedClock

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    clock = movedClock()
    const apps = { ...clients, web: { ...clients.web, resources: [{ identifier: resource }] } }
    system = await startOidc({ policies: folder.path, clock, stepUp, clients: apps })
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
  const enforceForPayments = () => {
    const applications = { includeAuthenticationContextClassReferences: ['payments'] }
    return enforce('payments', { ...requireAll('mfa'), conditions: { applications } })
  }
  const open = async (browser: BrowserSession, parameters: Record<string, string> = {}) => {
    const request = await authorizationRequest(web, parameters)
    return { page: await browser.open(request.url), request }
  }
  const signIn = async (browser: BrowserSession, parameters: Record<string, string> = {}) => {
    const { page, request } = await open(browser, parameters)
    return { page: await answer(browser, page, 'login/alice'), request }
  }
  const prove = (browser: BrowserSession, page: BrowserPage, method: ProofMethod) =>
    answer(browser, page, `prove/${method}`)
  const askedBy = (page: BrowserPage) => interactionOf(page)?.demand?.control
  const isDone = (page: BrowserPage) => page.url.searchParams.has('code')
  const errorOf = (page: BrowserPage) => page.url.searchParams.get('error')
  const tokensFrom = async ({ page, request }: Awaited<ReturnType<typeof signIn>>) =>
    client.authorizationCodeGrant(web, page.url, request.checks)

  it('is asked after the sign-in, and then the tokens say so', async () => {
    await enforce('mfa', { ...requireAll('mfa'), reason: 'Show that it is you.' })
    const browser = system.browser()
    const { page, request } = await signIn(browser)
    expect(interactionOf(page)?.demand).to.deep.include({
      control: 'mfa',
      reasons: ['Show that it is you.'],
      sub: 'corp:alice-id',
      realm: 'corp',
      shown: [{ method: 'password', amr: ['pwd'] }],
    })
    const done = await prove(browser, page, 'totp')
    const claims = (await tokensFrom({ page: done, request })).claims()
    expect(claims).to.deep.include({ amr: ['pwd', 'otp', 'mfa'], acr: 'multifactor' })
  })

  it('is asked for once in a session, and only what is missing', async () => {
    await enforce('mfa', requireAll('mfa'))
    const browser = system.browser()
    await prove(browser, (await signIn(browser)).page, 'totp')
    expect(isDone((await open(browser)).page)).to.equal(true)

    await enforce('agree', requireAll('secondOpinion'))
    const asked = (await open(browser)).page
    expect(askedBy(asked)).to.equal('secondOpinion')
    expect(isDone(await prove(browser, asked, 'secondOpinion'))).to.equal(true)
    expect(isDone((await open(browser)).page)).to.equal(true)
  })

  it('is not said to be missing by report-only policies, once it was shown', async () => {
    await enforce('watched', {
      ...requireAll('mfa'),
      state: 'enabledForReportingButNotEnforced',
    })
    const browser = system.browser()
    const { page, request } = await signIn(browser, { acr_values: 'multifactor' })
    const done = await prove(browser, page, 'totp')
    await tokensFrom({ page: done, request })
    const lines = system.log.filter(({ msg }) => msg === 'conditional access')
    expect(lines.map(({ step, shown }) => [step, shown])).to.deep.equal([
      ['authorization', ['authenticationStrength:multifactor', 'mfa']],
      ['tokens', ['authenticationStrength:multifactor', 'mfa']],
    ])
  })

  it('is asked for one thing after the other, within one authorization', async () => {
    await enforce('all', requireAll('mfa', 'secondOpinion'))
    const browser = system.browser()
    const { page } = await signIn(browser)
    expect(askedBy(page)).to.equal('secondOpinion')
    const next = await prove(browser, page, 'secondOpinion')
    expect(askedBy(next)).to.equal('mfa')
    expect(isDone(await prove(browser, next, 'totp'))).to.equal(true)
  })

  it('is not shown by what somebody else has shown in the same browser', async () => {
    await enforce('mfa', requireAll('mfa'))
    const browser = system.browser()
    await prove(browser, (await signIn(browser)).page, 'totp')
    const again = (await open(browser, { prompt: 'login' })).page
    const other = await answer(browser, again, 'login/bob')
    // The library signs the first one out before the second one goes on.
    expect(isDone(other)).to.equal(false)
  })

  it('refuses whoever cannot show it', async () => {
    await enforce('change', requireAll('mfa', 'passwordChange'))
    const { page } = await signIn(system.browser())
    expect(interactionOf(page)?.refusal).to.deep.include({ because: 'unmet', policies: ['change'] })
  })

  it('is told to an app that lets nobody be asked', async () => {
    await enforce('mfa', requireAll('mfa'))
    const browser = system.browser()
    await signIn(browser)
    expect(errorOf((await open(browser, { prompt: 'none' })).page)).to.equal('interaction_required')
  })

  it('is asked for again when a policy says that it was too long ago', async () => {
    const signInFrequency = {
      value: 1,
      type: 'hours',
      authenticationType: 'secondaryAuthentication',
    }
    await enforce('mfa', { ...requireAll('mfa'), sessionControls: { signInFrequency } })
    const browser = system.browser()
    await prove(browser, (await signIn(browser)).page, 'totp')
    clock.advance(3_599_000)
    expect(isDone((await open(browser)).page)).to.equal(true)
    clock.advance(1_000)
    const asked = (await open(browser)).page
    expect(askedBy(asked)).to.equal('mfa')
    expect(isDone(await prove(browser, asked, 'totp'))).to.equal(true)
  })

  it('is asked for every time where a policy says so, and counts for that time', async () => {
    const signInFrequency = {
      frequencyInterval: 'everyTime',
      authenticationType: 'secondaryAuthentication',
    }
    await enforce('mfa', { ...requireAll('mfa'), sessionControls: { signInFrequency } })
    const browser = system.browser()
    const first = await prove(browser, (await signIn(browser)).page, 'totp')
    expect(isDone(first)).to.equal(true)
    const asked = (await open(browser)).page
    expect(askedBy(asked)).to.equal('mfa')
    expect(isDone(await prove(browser, asked, 'totp'))).to.equal(true)
  })

  it('is refused to a refresh token that came before it', async () => {
    const offline = { scope: 'openid offline_access', prompt: 'consent' }
    const { page, request } = await signIn(system.browser(), offline)
    const tokens = await tokensFrom({ page, request })
    await enforce('mfa', requireAll('mfa'))
    const refused = client.refreshTokenGrant(web, String(tokens.refresh_token))
    expect(await refusal(refused)).to.equal('invalid_grant')

    const browser = system.browser()
    const signed = await signIn(browser, offline)
    const done = await prove(browser, signed.page, 'totp')
    const better = await tokensFrom({ page: done, request: signed.request })
    const renewed = await client.refreshTokenGrant(web, String(better.refresh_token))
    expect(renewed.access_token).to.be.a('string')
  })

  describe('by an app', () => {
    it('is asked of people who have it, by acr_values', async () => {
      const browser = system.browser()
      await tokensFrom(await signIn(browser))
      const { page, request } = await open(browser, { acr_values: `${strong} multifactor` })
      expect(askedBy(page)).to.equal(`authenticationStrength:${strong}`)
      const done = await prove(browser, page, 'passkey')
      const claims = (await tokensFrom({ page: done, request })).claims()
      expect(claims).to.deep.include({ amr: ['pwd', 'hwk', 'mfa'], acr: strong })
    })

    it('is told to APIs, in JWTs and by introspection, also after a refresh', async () => {
      const started = Math.floor(clock.now() / 1000)
      const browser = system.browser()
      const { page, request } = await signIn(browser, {
        acr_values: 'multifactor',
        scope: 'openid offline_access orders.read',
        prompt: 'consent',
        resource,
      })
      const done = await prove(browser, page, 'totp')
      const grant = (parameters: Record<string, string>) =>
        client.authorizationCodeGrant(web, done.url, request.checks, parameters)
      const tokens = await grant({ resource })
      const told = claimsIn(tokens.access_token)
      expect(told).to.deep.include({ acr: 'multifactor', amr: ['pwd', 'otp', 'mfa'] })
      expect(told['auth_time']).to.be.within(started, started + 60)

      clock.advance(60_000)
      const opaque = await client.refreshTokenGrant(web, String(tokens.refresh_token))
      const { acr, amr, auth_time } = await client.tokenIntrospection(web, opaque.access_token)
      expect({ acr, amr, auth_time }).to.deep.equal({
        acr: 'multifactor',
        amr: ['pwd', 'otp', 'mfa'],
        auth_time: told['auth_time'],
      })
    })

    it('is published, with the contexts of policies of the moment', async () => {
      const published = async (): Promise<unknown> => {
        const { acr_values_supported } = (await system.discover('web')).serverMetadata()
        return acr_values_supported
      }
      expect(await published()).to.deep.equal(['multifactor', strong])
      await enforceForPayments()
      expect(await published()).to.deep.equal(['multifactor', strong, 'payments'])
    })

    it('is an error where it is essential and cannot be had', async () => {
      const claims = JSON.stringify({ id_token: { acr: { essential: true, value: 'unheard-of' } } })
      const { page } = await signIn(system.browser(), { claims })
      expect(errorOf(page)).to.equal('unmet_authentication_requirements')
    })

    it('is whatever policies say of a context, which the tokens then name', async () => {
      await enforceForPayments()
      const browser = system.browser()
      await tokensFrom(await signIn(browser))
      const { page, request } = await open(browser, { acr_values: 'payments' })
      expect(askedBy(page)).to.equal('mfa')
      const done = await prove(browser, page, 'totp')
      expect((await tokensFrom({ page: done, request })).claims()).to.include({ acr: 'payments' })
    })

    for (const [what, acr_values] of [
      ['a strength', 'multifactor'],
      ['a context', 'payments'],
    ] as const) {
      it(`has to be as recent as max_age says, as ${what}`, async () => {
        await enforceForPayments()
        const browser = system.browser()
        const { page } = await signIn(browser, { acr_values })
        expect(isDone(await prove(browser, page, 'totp'))).to.equal(true)
        clock.advance(301_000)
        expect(isDone((await open(browser, { acr_values })).page)).to.equal(true)
        // The library, which has a clock of its own, takes the sign-in for a new one.
        const asked = (await open(browser, { acr_values, max_age: '300' })).page
        expect(askedBy(asked)).to.be.oneOf(['mfa', 'authenticationStrength:multifactor'])
        expect(isDone(await prove(browser, asked, 'totp'))).to.equal(true)
      })
    }
  })
})

function claimsIn(jwt: string): Record<string, unknown> {
  const [, body = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
}
