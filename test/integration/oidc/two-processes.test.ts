import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import * as client from 'openid-client'
import { pino } from 'pino'
import { systemClock } from '../../../shared/clock.ts'
import { type Carriers, openCarriers } from '../../../shared/redis/carriers.ts'
import { eventually } from '../../support/eventually.ts'
import {
  authorizationRequest,
  interactionOf,
  type OidcSystem,
  passThrough,
  redirectUri,
  secret,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

/** Two providers of one issuer, as behind a load balancer, with one Redis. */
describe('two processes on one Redis', () => {
  let redis: RedisServer
  let carriers: Carriers[]
  let one: OidcSystem
  let two: OidcSystem
  let web: client.Configuration

  before(async () => {
    redis = await startRedis()
    const parts = { clock: systemClock, log: pino({ level: 'silent' }), folder: '/' }
    carriers = await Promise.all(
      ['one', 'two'].map((name) =>
        openCarriers({ url: redis.url, keyPrefix: 'test:' }, { ...parts, name }),
      ),
    )
    const dataKey = randomBytes(32)
    const [first, second] = carriers.map(({ store }) => ({ store, dataKey, keyInterval: 20 }))
    one = await startOidc(first)
    two = await startOidc({ ...second, issuer: one.issuer })
    web = await one.discover('web')
  })
  after(async () => {
    await one[Symbol.asyncDispose]()
    await two[Symbol.asyncDispose]()
    await Promise.all(carriers.map((each) => each.close()))
    await redis.stop()
  })

  const tokensAt = (system: OidcSystem, fields: Record<string, string>): Promise<Response> =>
    fetch(`${system.origin}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`web:${secret}`)}` },
      body: new URLSearchParams(fields),
    })
  const atBoth = async (fields: Record<string, string>): Promise<number[]> => {
    const answers = await Promise.all([tokensAt(one, fields), tokensAt(two, fields)])
    return answers.map(({ status }) => status)
  }

  it('sign with the same keys', async () => {
    const keys = await Promise.all(
      [one, two].map(async ({ origin }) => (await fetch(`${origin}/jwks`)).text()),
    )

    expect(keys[0]).to.equal(keys[1])
  })

  it('let a sign-in that began at one be finished at the other', async () => {
    const { url, checks } = await authorizationRequest(web)
    const browser = one.browser()
    const page = await browser.open(url)
    expect(interactionOf(page)?.prompt).to.equal('login')

    const cookie = [...browser.cookies(page.url)].map(([name, value]) => `${name}=${value}`)
    const answered = await fetch(new URL(`${page.url.pathname}/login/alice`, two.origin), {
      method: 'POST',
      headers: { cookie: cookie.join('; ') },
      redirect: 'manual',
    })
    const done = await browser.open(String(answered.headers.get('location')))
    const tokens = await client.authorizationCodeGrant(web, done.url, checks)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('let one of two win who redeem a code at both at the same moment', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const { url, checks } = await authorizationRequest(web)
      const page = await passThrough(one.browser(), url)

      const statuses = await atBoth({
        grant_type: 'authorization_code',
        code: String(page.url.searchParams.get('code')),
        redirect_uri: redirectUri,
        code_verifier: checks.pkceCodeVerifier,
      })

      expect(statuses).to.have.members([200, 400])
    }
  })

  it('let one of two win who use a refresh token at both at the same moment', async () => {
    for (let turn = 0; turn < 10; turn += 1) {
      const { refresh_token } = await signInTo(one, web)

      const statuses = await atBoth({
        grant_type: 'refresh_token',
        refresh_token: String(refresh_token),
      })

      expect(statuses).to.have.members([200, 400])
    }
  })

  it('leave nothing in Redis that says who signed in or that can be used as a token', async () => {
    const parameters = { scope: 'openid profile email groups' }
    const tokens = await signInTo(one, web, { parameters })
    await using server = await dumpOf(redis.url)

    const { access_token, refresh_token } = tokens
    for (const word of ['alice', 'Adams', 'staff', access_token, String(refresh_token)]) {
      expect(server.text.includes(word), word).to.equal(false)
    }
    expect(server.text).to.not.include('"kty"')
  })

  it('leave nothing in Redis that stays for ever but the signing keys', async () => {
    await signInTo(one, web)
    await using server = await dumpOf(redis.url)

    expect(server.endless).to.have.length(1)
    expect(server.keys).to.be.greaterThan(5)
  })

  it('go on when Redis comes back without its memory', async () => {
    const before = await (await fetch(`${one.origin}/jwks`)).text()

    await redis.restart()

    await eventually(async () => (await signInTo(one, web)).claims()?.sub === 'corp:alice-id')
    expect(await (await fetch(`${two.origin}/jwks`)).text()).to.equal(before)
  })
})

interface Dump extends AsyncDisposable {
  readonly text: string
  readonly keys: number
  readonly endless: readonly string[]
}

/** Every key and value, as whoever owns the Redis can read them. */
async function dumpOf(url: string): Promise<Dump> {
  const reader = new Redis(url)
  const keys = await reader.keys('*')
  const dumped = await Promise.all(
    keys.map(async (key) => {
      const isText = (await reader.type(key)) === 'string'
      const ttl = await reader.pttl(key)
      return { key, ttl, value: isText ? String(await reader.get(key)) : '' }
    }),
  )
  return {
    text: dumped.map(({ key, value }) => `${key} ${value}`).join('\n'),
    keys: keys.length,
    endless: dumped.filter(({ ttl }) => ttl === -1).map(({ key }) => key),
    [Symbol.asyncDispose]: async () => {
      await reader.quit()
    },
  }
}
