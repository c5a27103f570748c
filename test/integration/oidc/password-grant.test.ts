import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import * as client from 'openid-client'
import type { Asked } from '../../../provider/broker/asked.ts'
import type { Verdict } from '../../../provider/broker/verdict-source.ts'
import type { Account } from '../../../shared/account.ts'
import type { Outcome } from '../../../shared/outcome.ts'
import { eventually } from '../../support/eventually.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  clients,
  type OidcSystem,
  people,
  refusal,
  secret,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'
import { block, createPoliciesFolder, type PoliciesFolder } from '../../support/policies-folder.ts'

const grantType = 'password'
const api = 'https://api.example.com'
const old = {
  client_secret_file: 'client.secret',
  first_party: true,
  grant_types: ['password', 'refresh_token'],
  allow_password_grant: true,
  resources: [{ identifier: api, scopes: ['orders.read'] }],
}
const alice = { username: 'alice@corp.example', password: 'right' }
const templates = new URL('../../../config/policies/', import.meta.url)

describe('the password grant', () => {
  let folder: PoliciesFolder
  let system: OidcSystem
  let app: client.Configuration
  let clock: MovedClock
  let known: Account
  let asked: Asked[]

  const answers: Readonly<Record<string, Outcome>> = {
    late: { name: 'mustChangePassword' },
    old: { name: 'passwordExpired' },
    locked: { name: 'accountLocked' },
    off: { name: 'accountDisabled' },
    nobody: { name: 'unknownUser' },
    down: { name: 'unavailable', reason: 'directoryDown' },
  }
  const verify = async (question: Asked): Promise<Verdict> => {
    asked.push(question)
    const [name = ''] = question.username.split('@')
    const isRight = name === 'alice' && question.password === 'right'
    const outcome = answers[name] ?? { name: 'wrongPassword' }
    if (!isRight) return { outcome, agent: 'one', milliseconds: 1 }
    const { secondOpinion } = question
    const isSecond = typeof secondOpinion === 'function' && secondOpinion(known)
    const second = { agent: 'two', requestId: 'other' }
    const right = {
      outcome: { name: 'ok', account: known } as const,
      agent: 'one',
      milliseconds: 1,
    }
    return { ...right, ...(isSecond && { second }) }
  }

  beforeEach(async () => {
    folder = await createPoliciesFolder()
    clock = movedClock()
    known = people['alice'] as Account
    asked = []
    system = await startOidc({
      clients: {
        ...clients,
        old,
        brief: { ...old, grant_types: ['password'] },
        proving: { ...old, dpop_bound_access_tokens: true },
      },
      policies: folder.path,
      clock,
      accountChecks: { every: 60, goOnFor: 3_600 },
      lookUp: async () => ({ name: 'ok', account: known }),
      broker: { verify },
    })
    app = await system.discover('old')
  })
  afterEach(async () => {
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  const tokensFor = (parameters: Record<string, string> = {}, config = app) =>
    client.genericGrantRequest(config, grantType, { ...alice, ...parameters })
  const post = (body: URLSearchParams | string, clientId = 'old') =>
    fetch(`${system.issuer}/token`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body,
    })
  const fields = (parameters: Record<string, string> = {}) =>
    new URLSearchParams({ grant_type: grantType, scope: 'openid', ...alice, ...parameters })
  const enforce = async (name: string, text: () => Promise<void>) => {
    const read = () => system.log.filter(({ msg }) => msg === 'policies read again')
    const before = read().length
    await text()
    await eventually(() => read().length > before && JSON.stringify(read().at(-1)).includes(name))
  }
  const decisions = () => system.log.filter(({ msg }) => msg === 'conditional access')
  const checks = () => system.log.filter(({ msg }) => msg === 'sign-in')
  const details = () =>
    system.log.filter(({ msg }) => msg === 'refused').map(({ detail }) => detail)

  describe('with the right password', () => {
    it('gives tokens that say how and when the person signed in, and what the app may know', async () => {
      const before = Math.floor(clock.now() / 1000)
      const tokens = await tokensFor({ scope: 'openid profile' })

      expect(tokens).to.include({ token_type: 'bearer', expires_in: 900, scope: 'openid profile' })
      expect(tokens.claims()).to.deep.include({ sub: 'corp:alice-id', aud: 'old', amr: ['pwd'] })
      expect(tokens.claims()?.auth_time).to.be.within(before, before + 5)
      expect(tokens.claims()).to.not.have.any.keys('acr', 'name')
      const person = await client.fetchUserInfo(app, tokens.access_token, 'corp:alice-id')
      expect(person.name).to.equal('Alice Adams')
      expect(checks()).to.have.length(1)
      expect(checks()[0]).to.include({ outcome: 'ok', clientId: 'old', sub: 'corp:alice-id' })
      expect(JSON.stringify(system.log)).to.not.include('"right"')
    })

    it('tells APIs how and when the person signed in, in JWTs and by introspection, also after a refresh', async () => {
      const before = Math.floor(clock.now() / 1000)
      const brief = await system.discover('brief')
      const parameters = { resource: api, scope: 'orders.read' }
      const jwt = claimsIn((await tokensFor(parameters, brief)).access_token)
      expect(jwt['amr']).to.deep.equal(['pwd'])
      expect(jwt['auth_time']).to.be.within(before, before + 5)
      expect(jwt).to.not.have.property('acr')

      const tokens = await tokensFor({ scope: 'openid' })
      const told = await client.tokenIntrospection(app, tokens.access_token)
      const how = { amr: ['pwd'], auth_time: tokens.claims()?.auth_time }
      expect(told).to.deep.include(how)
      expect(told).to.not.have.property('acr')
      clock.advance(60_000)
      const renewed = await client.refreshTokenGrant(app, String(tokens.refresh_token))
      expect(await client.tokenIntrospection(app, renewed.access_token)).to.deep.include(how)
    })

    it('gives no ID token to whoever does not ask for one', async () => {
      const tokens = await tokensFor({ resource: api, scope: 'orders.read orders.write' })

      expect(tokens.id_token).to.equal(undefined)
      expect(tokens.scope).to.equal('orders.read')
      expect(claimsIn(tokens.access_token)).to.include({
        aud: api,
        sub: 'corp:alice-id',
        scope: 'orders.read',
      })
    })

    it('gives a refresh token to an app that may have one, and to no other', async () => {
      const tokens = await tokensFor({ scope: 'openid' })
      const renewed = await client.refreshTokenGrant(app, String(tokens.refresh_token))
      expect(renewed.claims()).to.deep.include({ sub: 'corp:alice-id', amr: ['pwd'] })
      expect(renewed.claims()?.auth_time).to.equal(tokens.claims()?.auth_time)

      const brief = await system.discover('brief')
      const once = await tokensFor({ scope: 'openid' }, brief)
      expect(once.refresh_token).to.equal(undefined)
      await client.fetchUserInfo(brief, once.access_token, 'corp:alice-id')
    })

    it('gives tokens bound to a key, where the app has to prove one', async () => {
      const proving = await system.discover('proving')
      expect(await refusal(tokensFor({}, proving))).to.equal('invalid_grant')
      expect(asked).to.have.length(0)

      const DPoP = client.getDPoPHandle(proving, await client.randomDPoPKeyPair('ES256'))
      const bound = await client.genericGrantRequest(proving, grantType, alice, { DPoP })
      expect(bound.token_type).to.equal('dpop')
      expect(asked).to.have.length(1)
    })

    it('gives tokens that end with the password', async () => {
      known = { ...known, passwordChangedAt: clock.now() - 60_000 }
      const { refresh_token } = await tokensFor({ scope: 'openid' })
      clock.advance(61_000)
      const renewed = await client.refreshTokenGrant(app, String(refresh_token))

      known = { ...known, passwordChangedAt: clock.now() }
      clock.advance(61_000)
      const late = client.refreshTokenGrant(app, String(renewed.refresh_token))
      expect(await refusal(late)).to.equal('invalid_grant')
      const { access_token } = renewed
      const told = await client.tokenIntrospection(app, access_token)
      expect(told.active).to.equal(false)
    })
  })

  describe('says the same to', () => {
    const answerTo = async (parameters: Record<string, string>) => {
      const began = performance.now()
      const answer = await post(fields(parameters))
      const took = performance.now() - began
      return { status: answer.status, body: await answer.json(), took }
    }

    it('whoever is wrong, unknown, expired, locked or kept out, and not sooner', async () => {
      await enforce('closed', () => folder.write('closed', { grantControls: block }))
      const all = await Promise.all(
        [
          {},
          { password: 'wrong' },
          { password: 'x'.repeat(1_025) },
          { username: 'late@corp.example' },
          { username: 'old@corp.example' },
          { username: 'locked@corp.example' },
          { username: 'off@corp.example' },
          { username: 'nobody@corp.example' },
          { username: 'alice@elsewhere.example\\' },
          { username: 'alice\0@corp.example' },
          { username: `${'x'.repeat(320)}@corp.example` },
          { username: 'one@break-glass' },
          { username: ' ' },
        ].map(answerTo),
      )

      for (const { status, body, took } of all) {
        expect(status).to.equal(400)
        expect(body).to.deep.equal({
          error: 'invalid_grant',
          error_description: 'grant request is invalid',
        })
        expect(took).to.be.at.least(400)
      }
      expect(details()).to.include.members(['refused by closed', 'PST-105 accountLocked'])
    })

    it('nobody that a password is wrong which could not be checked', async () => {
      const { status, body } = await answerTo({ username: 'down@corp.example' })

      expect(status).to.equal(503)
      expect(body).to.deep.include({ error: 'temporarily_unavailable' })
    })

    it('an app whose request is wrong, before any password is looked at', async () => {
      const wrong = async (body: URLSearchParams | string) => {
        const answer = await post(body)
        const { error } = (await answer.json()) as { error: string }
        return error
      }
      const missing = fields()
      missing.delete('password')
      const twice = `${fields().toString()}&username=bob`
      const resources = `${fields().toString()}&resource=${api}&resource=${api}`

      expect(await wrong(missing)).to.equal('invalid_request')
      expect(await wrong(fields({ password: '' }))).to.equal('invalid_request')
      expect(await wrong(twice)).to.equal('invalid_request')
      expect(await wrong(resources)).to.equal('invalid_target')
      expect(await wrong(fields({ resource: 'https://other.example.com' }))).to.equal(
        'invalid_target',
      )
      expect(await wrong(fields({ scope: 'open"id' }))).to.equal('invalid_scope')
      expect(await wrong(fields({ password: 'x'.repeat(60_000) }))).to.equal('invalid_request')
      expect(asked).to.have.length(0)
    })
  })

  describe('is closed', () => {
    it('to every app that no file allows it', async () => {
      const web = await system.discover('web')

      expect(await refusal(tokensFor({}, web))).to.equal('unauthorized_client')
      expect(asked).to.have.length(0)
    })

    it('and to what an app has from it, when its file allows it no longer', async () => {
      const { refresh_token } = await tokensFor({ scope: 'openid' })
      const { allow_password_grant: _allowed, ...others } = old
      const grants = { grant_types: ['refresh_token'] }
      await system.writeClient('old', { ...others, ...grants })
      await eventually(() => system.log.some(({ msg }) => msg === 'clients changed'))

      const refresh = client.refreshTokenGrant(app, String(refresh_token))
      expect(await refusal(refresh)).to.equal('invalid_grant')
    })

    it('and not to be seen, where no app may use it', async () => {
      const listed = async () => (await system.discover('web')).serverMetadata()
      expect((await listed()).grant_types_supported).to.include('password')

      for (const name of ['old', 'brief', 'proving']) await system.removeClient(name)
      await eventually(async () => {
        expect((await listed()).grant_types_supported).to.not.include('password')
      })
    })
  })

  describe('and policies', () => {
    it('keep it out by the template that blocks it, which leaves browsers alone', async () => {
      const text = await readFile(new URL('block-password-grant.yaml', templates), 'utf8')
      const enabled = text.replace('enabledForReportingButNotEnforced', 'enabled')
      await enforce('block-password-grant', () =>
        folder.writeText('block-password-grant.yaml', enabled),
      )

      expect(await refusal(tokensFor())).to.equal('invalid_grant')

      expect(decisions().at(-1)).to.deep.include({
        step: 'authorization',
        clientAppType: 'other',
        decision: 'block',
        policies: ['block-password-grant'],
        sub: 'corp:alice-id',
      })
      expect(details()).to.deep.equal(['refused by block-password-grant'])
      await signInTo(system, await system.discover('web'))
    })

    it('that only report are told of it', async () => {
      const text = await readFile(new URL('block-password-grant.yaml', templates), 'utf8')
      await enforce('block-password-grant', () =>
        folder.writeText('block-password-grant.yaml', text),
      )

      await tokensFor()

      expect(decisions().at(-1)).to.deep.include({
        decision: 'allow',
        reportOnly: { decision: 'block', policies: ['block-password-grant'] },
      })
    })

    it('refuse what cannot be asked for here, wherever the app is', async () => {
      await enforce('mfa', () =>
        folder.write('mfa', {
          conditions: { locations: { includeLocations: ['All'], excludeLocations: ['office'] } },
          grantControls: { builtInControls: ['mfa'] },
        }),
      )

      const inOffice = await fetch(`${system.issuer}/token`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${Buffer.from(`old:${secret}`).toString('base64')}`,
          'x-forwarded-for': '192.0.2.7',
        },
        body: fields(),
      })
      expect(inOffice.status).to.equal(400)
      expect(decisions().at(-1)).to.include({ decision: 'ask' })
    })

    it('get the second opinion that they ask for, also at a refresh', async () => {
      await enforce('two', () =>
        folder.write('two', { grantControls: { builtInControls: ['secondOpinion'] } }),
      )

      const { refresh_token } = await tokensFor({ scope: 'openid' })

      await client.refreshTokenGrant(app, String(refresh_token))
      expect(decisions().at(-1)).to.include({ step: 'refresh', clientAppType: 'other' })
    })

    it('know at a refresh that the person told the app their password', async () => {
      const { refresh_token } = await tokensFor({ scope: 'openid' })
      await enforce('no-other', () =>
        folder.write('no-other', {
          conditions: { clientAppTypes: ['other'] },
          grantControls: block,
        }),
      )

      const refresh = client.refreshTokenGrant(app, String(refresh_token))
      expect(await refusal(refresh)).to.equal('invalid_grant')
    })
  })
})

function claimsIn(jwt: string): Record<string, unknown> {
  const [, body = ''] = jwt.split('.')
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Record<string, unknown>
}
