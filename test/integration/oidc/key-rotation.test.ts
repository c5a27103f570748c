import { expect } from 'chai'
import * as client from 'openid-client'
import {
  announcement,
  ensureSigningKeys,
  listSigningKeys,
  rotateSigningKeys,
} from '../../../provider/oidc/signing-keys.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { eventually } from '../../support/eventually.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import {
  authorizationRequest,
  type OidcSystem,
  passThrough,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

describe('signing keys', () => {
  let clock: MovedClock
  let system: OidcSystem

  beforeEach(async () => {
    clock = movedClock()
    system = await startOidc({ clock, keyInterval: 20 })
  })
  afterEach(() => system[Symbol.asyncDispose]())

  const published = async (): Promise<string[]> => {
    const response = await fetch(`${system.issuer}/jwks`)
    const { keys } = (await response.json()) as { keys: { kid: string }[] }
    return keys.map(({ kid }) => kid)
  }
  const signIn = async () => {
    const web = await system.discover('web')
    client.enableNonRepudiationChecks(web)
    const tokens = await signInTo(system, web)
    return { web, idToken: String(tokens.id_token), kid: kidOf(String(tokens.id_token)) }
  }
  const accepts = async (idToken: string): Promise<boolean> => {
    const web = await system.discover('web')
    const { url } = await authorizationRequest(web, { id_token_hint: idToken })
    return (await passThrough(system.browser(), url)).url.searchParams.has('code')
  }

  it('are replaced while it runs, without a moment in which a token cannot be checked', async () => {
    const before = await signIn()
    const old = await published()

    await rotateSigningKeys(system.store, clock)
    await eventually(async () => (await published()).length === 6)
    expect(await published()).to.include.members(old)
    expect((await signIn()).kid, 'not known to all apps yet').to.equal(before.kid)

    clock.advance(announcement)
    await eventually(async () => (await signIn()).kid !== before.kid)
    expect(await published()).to.include(before.kid)
    expect(await accepts(before.idToken)).to.equal(true)

    clock.advance(8 * 86_400_000)
    await eventually(async () => (await published()).length === 3)
    expect(await published()).to.not.include.members(old)
    expect(await accepts(before.idToken)).to.equal(false)
    await eventually(async () => (await listSigningKeys(system.store, clock)).length === 3)
  })

  it('are replaced under the feet of somebody who is signing in', async () => {
    const web = await system.discover('web')
    const { url, checks } = await authorizationRequest(web)
    const browser = system.browser()
    const page = await browser.open(url)

    await rotateSigningKeys(system.store, clock)
    await eventually(async () => (await published()).length === 6)
    const done = await browser.submit(`${page.url.pathname}/login/alice`, {})
    const tokens = await client.authorizationCodeGrant(web, done.url, checks)

    expect(tokens.claims()?.sub).to.equal('corp:alice-id')
  })

  it('are listed without anything private', async () => {
    await rotateSigningKeys(system.store, clock)

    const keys = await listSigningKeys(system.store, clock)

    expect(keys.map(({ alg, state }) => `${alg} ${state}`)).to.deep.equal([
      'RS256 signing',
      'PS256 signing',
      'ES256 signing',
      'RS256 next',
      'PS256 next',
      'ES256 next',
    ])
    expect(keys[0]).to.have.all.keys('kid', 'alg', 'state', 'created', 'signsFrom')
  })

  it('are put back when the store has lost its memory', async () => {
    const before = await published()

    await system.store.delete('oidc:signing-keys')

    await eventually(async () => (await listSigningKeys(system.store, clock)).length === 3)
    expect((await listSigningKeys(system.store, clock)).map(({ kid }) => kid)).to.have.members(
      before,
    )
    expect(await published()).to.deep.equal(before)
  })
})

describe('several providers that start at once', () => {
  it('sign with the same keys', async () => {
    const store = createMemoryStore(systemClock)

    const all = await Promise.all([1, 2, 3].map(() => ensureSigningKeys(store, systemClock)))

    const kids = all.map((keys) => keys.map(({ kid }) => kid).join(' '))
    expect(new Set(kids).size).to.equal(1)
  })
})

function kidOf(jwt: string): string {
  const [header = ''] = jwt.split('.')
  return (JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }).kid
}
