import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { answerSignIn, type LocalMode, startLocalMode } from '../../support/local-mode.ts'
import { startPostern } from '../../support/postern-process.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const alice = { username: 'alice', password: 'postern' }

describe('postern local', function () {
  this.timeout(30_000)

  describe('in one process', () => {
    let local: LocalMode
    before(async () => {
      local = await startLocalMode()
    })
    after(() => local[Symbol.asyncDispose]())

    it('says in one JSON line where it is, who may sign in and which apps there are', async () => {
      const { issuer, clients, users } = local.announced
      expect(local.process.stdout().trimEnd().split('\n')).to.have.length(1)
      expect(issuer).to.match(/^http:\/\/localhost:\d+$/)
      expect(clients).to.deep.include({ client_id: 'demo-app', client_secret: 'demo-secret' })
      expect(clients).to.deep.include({ client_id: 'demo-spa' })
      expect(users).to.deep.include({ ...alice, outcome: 'ok' })
      expect(users).to.deep.include({
        username: 'down',
        password: 'postern',
        outcome: 'unavailable/directoryDown',
      })
    })

    it('answers discovery under the issuer it has named', async () => {
      const { issuer } = local.announced
      const response = await fetch(`${issuer}/.well-known/openid-configuration`)
      expect(await response.json()).to.include({ issuer })
    })

    it('signs alice in to the demo app, which shows what it received', async () => {
      const browser = local.browser()
      const start = await browser.open('/demo')
      expect(start.text).to.contain('href="/demo/sign-in/app"')
      const asked = await browser.open('/demo/sign-in/app')
      expect(asked.text, 'the picker of people').to.contain('value="alice"')
      const shown = await answerSignIn(browser, asked, alice)
      expect(shown.url.pathname).to.equal('/demo')
      for (const text of ['Signed in as Alice Liddell', 'local:', 'engineering', 'pwd']) {
        expect(shown.text).to.contain(text)
      }
    })

    it('asks for consent before a partner’s app learns anything', async () => {
      const browser = local.browser()
      const asked = await answerSignIn(browser, await browser.open('/demo/sign-in/app'), alice)
      expect(asked.text).to.contain('Signed in as')
      const consent = await browser.open('/demo/sign-in/partner')
      expect(consent.text).to.contain('Partner’s app')
      const shown = await answerSignIn(browser, consent, alice)
      expect(shown.text).to.contain('demo-partner')
    })

    it('refreshes, gets a JWT for the demo API, and signs out again', async () => {
      const browser = local.browser()
      const first = await answerSignIn(browser, await browser.open('/demo/sign-in/api'), alice)
      expect(first.text).to.contain('A JWT').and.to.contain('https://api.postern.local')
      const second = await browser.submit('/demo/refresh', {})
      expect(tokensOf(second.text)).to.have.length(2).and.not.deep.equal(tokensOf(first.text))

      const leaving = await browser.submit('/demo/sign-out', {})
      expect(leaving.text).to.contain('Sign out')
      const fields = Object.fromEntries(
        [...leaving.text.matchAll(/name="(xsrf)" value="([^"]+)"/g)].map(([, n, v]) => [n, v]),
      ) as Record<string, string>
      const [, action = ''] = /<form[^>]+action="([^"]+)"/.exec(leaving.text) ?? []
      const left = await browser.submit(action, { ...fields, logout: 'yes' })
      expect(left.text).to.contain('Nobody is signed in here')
      const nobody = await browser.open('/demo/sign-in/silent')
      expect(nobody.status).to.equal(400)
      expect(nobody.text).to.contain('login_required')
    })

    it('tells what went wrong in plain words when a callback is nobody’s', async () => {
      const page = await local.browser().open('/demo/callback?code=x&state=y')
      expect(page.status).to.equal(400)
      expect(page.text).to.contain('no sign-in under way')
    })

    it('brings whoever uses another name of this machine to the issuer', async () => {
      const { port } = new URL(local.announced.issuer)
      const response = await fetch(`http://127.0.0.1:${port}/demo`, { redirect: 'manual' })
      expect(response.headers.get('location')).to.equal(`${local.announced.issuer}/demo`)
    })

    it('lets somebody whose password has expired choose a new one', async () => {
      const person = local.announced.users.find((user) => user.outcome === 'passwordExpired')
      const browser = local.browser()
      const asked = await browser.open('/demo/sign-in/app')
      const shown = await answerSignIn(browser, asked, person ?? alice)
      expect(shown.text).to.contain('Choose a new password').and.to.contain('has expired')
    })

    for (const outcome of ['accountDisabled', 'accountLocked', 'unavailable/directoryDown']) {
      it(`has somebody for ${outcome}`, async () => {
        const person = local.announced.users.find((user) => user.outcome === outcome)
        const browser = local.browser()
        const asked = await browser.open('/demo/sign-in/app')
        const shown = await answerSignIn(browser, asked, person ?? alice)
        expect(shown.url.pathname).to.match(/^\/interaction\//)
        expect(shown.text).to.contain('role="alert"')
      })
    }

    it('logs for everybody who cannot be asked about the very reason they are named for', async () => {
      const people = local.announced.users.filter(({ outcome }) => outcome.startsWith('unavail'))
      expect(people).to.have.length(11)
      for (const person of people) {
        const browser = local.browser()
        await answerSignIn(browser, await browser.open('/demo/sign-in/app'), person)
        const [, reason = ''] = person.outcome.split('/')
        expect(local.process.output()).to.match(new RegExp(` sign-in .* reason=${reason}$`, 'm'))
      }
    })

    it('keeps its log to standard error, brief and readable', () => {
      const log = local.process.output().replace(local.process.stdout(), '')
      expect(log).to.match(/^\d\d:\d\d:\d\d warn  provider /m)
      expect(log).not.to.contain('postern"')
      expect(log).not.to.contain('{"level"')
    })
  })

  it('takes the issuer it is given, and lets its demo app be there', async () => {
    const port = await freePort()
    await using local = await startLocalMode(
      '--port',
      String(port),
      '--issuer',
      'https://id.example',
    )
    expect(local.announced.issuer).to.equal('https://id.example')
    const asked = new URLSearchParams({
      client_id: 'demo-app',
      redirect_uri: 'https://id.example/demo/callback',
      response_type: 'code',
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    })
    const address = `http://127.0.0.1:${port}/authorize?${asked.toString()}`
    const response = await fetch(address, { redirect: 'manual' })
    expect(response.headers.get('location')).to.match(/^\/interaction\//)
  })

  it('shows more of its log on demand', async () => {
    await using local = await startLocalMode('--log-level', 'debug')
    await (await fetch(`${local.announced.issuer}/health/live`)).text()
    await local.process.says('debug provider answered')
  })

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`ends at ${signal} with exit code 0`, async () => {
      await using local = await startLocalMode()
      expect(await local.process.stop(signal)).to.equal(0)
      expect(await isReachable(local.announced.issuer)).to.equal(false)
    })
  }

  it('prints for people where it is, who may sign in, and which apps there are', async () => {
    await using local = startPostern(['local', '--port', '0'])
    await local.says('Ctrl+C')
    expect(local.stdout()).to.match(/^ {2}Issuer +http:\/\/localhost:\d+$/m)
    expect(local.stdout()).to.match(/^ {2}Discovery +\S+\/\.well-known\/openid-configuration$/m)
    expect(local.stdout()).to.match(/^ {2}Demo app +\S+\/demo$/m)
    expect(local.stdout()).to.match(/^ {2}alice +postern +PST-100 +works$/m)
    expect(local.stdout()).to.match(/^ {2}demo-app +demo-secret /m)
    expect(await local.stop()).to.equal(0)
  })

  describe('over Redis', () => {
    let redis: RedisServer
    let address: string
    before(async () => {
      redis = await startRedis({ password: 'sesame' })
      address = `redis://:sesame@127.0.0.1:${redis.port}`
    })
    after(() => redis.stop())

    it('runs the agent as a process of its own, and ends it', async () => {
      await using local = await startLocalMode('--redis', address)
      const [agent = 0, ...others] = childrenOf(local.process.pid)
      expect(agent).to.be.greaterThan(0)
      expect(others).to.deep.equal([])
      const [, config = ''] = /--config (\S+)/.exec(ps('-o', 'args=', '-p', String(agent))) ?? []
      expect(config).to.match(/agent\.yaml$/)
      expect(existsSync(dirname(config)), 'secrets stay on disk').to.equal(false)

      const browser = local.browser()
      const shown = await answerSignIn(browser, await browser.open('/demo/sign-in/app'), alice)
      expect(shown.text).to.contain('Signed in as Alice Liddell')

      expect(await local.process.stop()).to.equal(0)
      expect(isRunning(agent)).to.equal(false)
    })

    it('leaves nothing in Redis', async () => {
      await using local = await startLocalMode('--redis', address)
      expect(await local.process.stop()).to.equal(0)
      const client = new Redis(address)
      expect(await client.keys('*')).to.deep.equal([])
      client.disconnect()
    })

    it('says so and ends when the agent has ended by itself', async () => {
      await using local = await startLocalMode('--redis', address)
      const [agent = 0] = childrenOf(local.process.pid)
      process.kill(agent, 'SIGKILL')
      expect((await local.process.exited).code).to.equal(1)
      expect(local.process.output()).to.match(/^postern: the agent has ended by itself/m)
    })

    it('takes the agent with it when it is killed', async () => {
      await using local = await startLocalMode('--redis', address)
      const [agent = 0] = childrenOf(local.process.pid)
      await local.process.stop('SIGKILL')
      await eventually(() => !isRunning(agent))
    })
  })
})

function tokensOf(html: string): string[] {
  return [...html.matchAll(/<pre>([^<]+)<\/pre>/g)].map(([, token = '']) => token)
}

function childrenOf(pid: number): number[] {
  const pairs = ps('-A', '-o', 'pid=,ppid=')
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
  return pairs.flatMap(([child, parent]) => (parent === pid && child ? [child] : []))
}

/** One that has ended, and whose end nobody has asked about yet (`Z`), does not run. */
function isRunning(pid: number): boolean {
  const state = ps('-o', 'stat=', '-p', String(pid)).trim()
  return state !== '' && !state.startsWith('Z')
}

function ps(...args: string[]): string {
  return spawnSync('ps', args, { encoding: 'utf8' }).stdout
}

async function isReachable(address: string): Promise<boolean> {
  return fetch(address).then(
    () => true,
    () => false,
  )
}
