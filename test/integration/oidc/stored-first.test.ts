import { expect } from 'chai'
import type * as client from 'openid-client'
import { systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import type { Store } from '../../../shared/store.ts'
import { createMemoryStore } from '../../../shared/store-memory.ts'
import { eventually } from '../../support/eventually.ts'
import {
  authorizationRequest,
  type OidcSystem,
  passThrough,
  redirectUri,
  secret,
  signInTo,
  startOidc,
} from '../../support/oidc-system.ts'

/** What is done to each write; reads are as they are. */
type Write = () => Promise<void>

describe('an answer', () => {
  let before: Write = async () => undefined
  let system: OidcSystem
  let web: client.Configuration

  beforeEach(async () => {
    before = async () => undefined
    const memory = createMemoryStore(systemClock)
    const store: Store = {
      ...memory,
      set: async (key, value, ttl) => {
        await before()
        return memory.set(key, value, ttl)
      },
      delete: async (key) => {
        await before()
        return memory.delete(key)
      },
    }
    system = await startOidc({ store })
    web = await system.discover('web')
  })
  afterEach(() => system[Symbol.asyncDispose]())

  const fail: Write = () => Promise.reject(new Fault('storeDown', 'redis is full'))

  /** Somebody signs in up to the last step, whose answer brings the code. */
  async function atResume() {
    const { url, checks } = await authorizationRequest(web)
    const browser = system.browser()
    const { pathname } = (await browser.open(url)).url
    const cookie = [...browser.cookies(new URL(pathname, system.issuer))]
    const answered = await fetch(new URL(`${pathname}/login/alice`, system.issuer), {
      method: 'POST',
      headers: { cookie: cookie.map(([name, value]) => `${name}=${value}`).join('; ') },
      redirect: 'manual',
    })
    const resume = new URL(String(answered.headers.get('location')))
    const cookies = [...browser.cookies(resume)].map(([name, value]) => `${name}=${value}`)
    const open = () =>
      fetch(resume, {
        headers: { accept: 'text/html', cookie: cookies.join('; ') },
        redirect: 'manual',
      })
    return { open, checks }
  }

  const tokens = async () => {
    const { url, checks } = await authorizationRequest(web)
    const page = await passThrough(system.browser(), url)
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      code: String(page.url.searchParams.get('code')),
      redirect_uri: redirectUri,
      code_verifier: checks.pkceCodeVerifier,
    })
    const headers = { authorization: `Basic ${btoa(`web:${secret}`)}` }
    return () => fetch(`${system.issuer}/token`, { method: 'POST', headers, body })
  }

  for (const [what, made] of Object.entries({
    code: async () => (await atResume()).open,
    tokens,
  })) {
    it(`with ${what} waits for all that it rests on`, async () => {
      const ask = await made()
      const held: (() => void)[] = []
      before = () => new Promise((resolve) => held.push(resolve))
      let isAnswered = false
      const answer = ask().then((response) => {
        isAnswered = true
        return response
      })

      await eventually(async () => held.length > 0)
      const [last, ...others] = held.toReversed()
      for (const release of others) release()
      // Time enough for an answer that waits for none or for some of them.
      await fetch(`${system.issuer}/jwks`)
      expect(isAnswered).to.equal(false)
      before = async () => undefined
      last?.()
      expect((await answer).status).to.be.oneOf([200, 303])
    })
  }

  it('does not promise a code that could not be stored, nor a session', async () => {
    const { open } = await atResume()
    before = fail
    const response = await open()

    expect(response.status).to.equal(503)
    expect(response.headers.get('location')).to.equal(null)
    expect(response.headers.getSetCookie()).to.deep.equal([])
    expect(await response.text()).to.include('on our side')
    const line = system.log.find(({ level }) => level === 50)
    expect(line).to.include({ faultCode: 'PST-902', detail: 'redis is full', route: 'resume' })
  })

  it('does not hold tokens that could not be stored', async () => {
    const ask = await tokens()
    before = fail
    const response = await ask()

    expect(response.status).to.equal(503)
    const answer = (await response.json()) as object
    expect(Object.keys(answer)).to.have.members(['error', 'error_description'])
    expect(answer).to.include({ error: 'server_error' })
  })

  it('comes as ever once the store takes writes again', async () => {
    const { open } = await atResume()
    before = fail
    await open()
    before = async () => undefined

    expect((await signInTo(system, web)).claims()?.sub).to.equal('corp:alice-id')
  })
})
