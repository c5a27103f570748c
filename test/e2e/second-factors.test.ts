import { expect } from 'chai'
import { Client } from 'ldapts'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { FactorMethod } from '../../provider/mfa/factor.ts'
import { createGuessLimits } from '../../provider/mfa/guess-limits.ts'
import { systemClock } from '../../shared/clock.ts'
import { sealedStore } from '../../shared/sealed-store.ts'
import { type Begun, type BrowserApp, startBrowserApp } from '../support/browser-app.ts'
import { startChromium } from '../support/chromium.ts'
import { movedClock } from '../support/moved-clock.ts'
import { oathtool } from '../support/oathtool.ts'
import { openRedis } from '../support/open-redis.ts'
import { adminDn, monitorPassword } from '../support/openldap-files.ts'
import { createPoliciesFolder, type PoliciesFolder } from '../support/policies-folder.ts'
import { openCarriers } from '../support/redis-carriers.ts'
import { runPostern } from '../support/run-postern.ts'
import { type System, startSystem } from '../support/start-system.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'
import { addVirtualAuthenticator } from '../support/virtual-authenticator.ts'

describe('second factors, with Chromium and every part a process of its own', function () {
  this.timeout(60_000)
  let folder: PoliciesFolder
  let system: System
  let chromium: Browser
  let shop: BrowserApp
  let vault: BrowserApp
  let problems: string[]

  before(async () => {
    folder = await createPoliciesFolder()
    const about = (app: string) => ({ applications: { includeApplications: [app] } })
    await folder.write('shop', {
      conditions: about('test-app'),
      reason: 'The shop takes money.',
      grantControls: { builtInControls: ['mfa'] },
      sessionControls: { rememberBrowser: { value: 14 } },
    })
    await folder.write('vault', {
      conditions: about('demo-app'),
      grantControls: { authenticationStrength: 'phishingResistant' },
    })
    await folder.write('guarded', {
      conditions: {
        users: { includeUsers: ['u000004@lab.test'] },
        applications: { includeUserActions: ['urn:user:registersecurityinfo'] },
      },
      grantControls: { builtInControls: ['mfa'] },
    })
    ;[system, chromium] = await Promise.all([
      startSystem({ provider: { policiesDirectory: folder.path } }),
      startChromium(),
    ])
    shop = await startBrowserApp(system.issuer, 'test-app')
    vault = await startBrowserApp(system.issuer, 'demo-app')
  })
  after(async () => {
    await chromium.close()
    await shop[Symbol.asyncDispose]()
    await vault[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    problems = []
  })
  afterEach(async () => {
    await Promise.all(chromium.contexts().map((context) => context.close()))
    expect(problems, 'in the console of the browser').to.deep.equal([])
  })

  async function open(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    return watched(await chromium.newContext(options))
  }
  async function watched(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    // An authenticator in software would take it at once, and nobody be asked for a password.
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = undefined')
    page.on('console', (message) => {
      // A page that refuses has that status.
      const isStatus = message.text().startsWith('Failed to load resource')
      if (message.type() === 'error' && !isStatus) problems.push(message.text())
    })
    page.on('pageerror', ({ message }) => problems.push(message))
    return page
  }
  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
  const heading = (page: Page, name: string | RegExp) =>
    page.getByRole('heading', { name, level: 1 }).waitFor()
  const says = (page: Page, hasText: string | RegExp) =>
    page.getByRole('alert').filter({ hasText }).waitFor()

  async function password(page: Page, person: string): Promise<void> {
    await page.getByLabel('User name').fill(`${person}@lab.test`)
    await press(page, 'Next')
    await page.getByLabel('Password').fill(system.directory.password)
    await press(page, 'Sign in')
  }

  async function enter(page: Page, code: string): Promise<void> {
    await page.locator('[name=code]').fill(code)
    await press(page, 'Go on')
  }

  /** Signs in anew, as far as the second factor. */
  async function arrive(page: Page, app: BrowserApp, person: string): Promise<Begun> {
    await page.context().clearCookies()
    const begun = await app.begin(page)
    await password(page, person)
    return begun
  }

  /** Sets an app with codes up. */
  async function setUpApp(page: Page): Promise<string> {
    await press(page, /^App with codes/)
    await page.getByText('I cannot scan it').click()
    const secret = await page.locator('.typed-secret').innerText()
    await enter(page, await oathtool(secret))
    await heading(page, 'In case you lose it')
    return secret
  }

  async function setUpPasskey(page: Page): Promise<void> {
    await press(page, /^Passkey/)
    await press(page, 'Set up a passkey')
    await heading(page, 'In case you lose it')
  }

  it('are set up on the way, a passkey first, and with recovery codes for when it is lost', async () => {
    const page = await open()
    const passkey = await addVirtualAuthenticator(page)
    const first = await arrive(page, shop, 'u000001')
    await heading(page, 'Secure your account')
    expect(await page.textContent('main')).to.contain('The shop takes money.')
    await setUpPasskey(page)
    await press(page, 'Give me recovery codes')
    await heading(page, 'Your recovery codes')
    const [code = '', other = ''] = await page.locator('#recovery-codes code').allInnerTexts()
    await press(page, 'I have kept them')
    const shown = { acr: 'phishingResistant', amr: ['pwd', 'hwk', 'user', 'mfa'] }
    expect(await shop.finish(page, first)).to.deep.include(shown)

    const second = await arrive(page, shop, 'u000001')
    await press(page, 'Use a passkey')
    expect(await shop.finish(page, second)).to.deep.include(shown)

    await passkey.remove()
    const third = await arrive(page, shop, 'u000001')
    await press(page, /^Recovery code/)
    await enter(page, code)
    const weaker = { acr: 'multifactor', amr: ['pwd', 'otp', 'mfa'] }
    expect(await shop.finish(page, third)).to.deep.include(weaker)

    const fourth = await arrive(page, shop, 'u000001')
    await press(page, /^Recovery code/)
    await enter(page, code)
    await says(page, 'none of your recovery codes, or it has been used')
    await enter(page, other)
    expect(await shop.finish(page, fourth)).to.deep.include(weaker)
  })

  it('are codes of an app where no script runs, each good once', async () => {
    const page = await open({ javaScriptEnabled: false })
    const first = await arrive(page, shop, 'u000002')
    await press(page, /^Passkey/)
    expect(await page.textContent('main')).to.contain('A passkey needs JavaScript')
    await press(page, 'Choose another way')
    await press(page, /^App with codes/)
    await page.getByRole('img', { name: /QR code/ }).waitFor()
    await page.getByText('I cannot scan it').click()
    const secret = await page.locator('.typed-secret').innerText()
    await enter(page, await oathtool(secret, 300))
    await says(page, 'the clock of your device is off')
    await enter(page, 'abc')
    await says(page, 'Enter the 6 digits that your app shows.')
    const enrolled = await oathtool(secret)
    await enter(page, enrolled)
    await press(page, 'Not now')
    const shown = { acr: 'multifactor', amr: ['pwd', 'otp', 'mfa'] }
    expect(await shop.finish(page, first)).to.deep.include(shown)

    const second = await arrive(page, shop, 'u000002')
    await enter(page, enrolled)
    await says(page, 'used already')
    await enter(page, await oathtool(secret, -300))
    await says(page, 'the clock of your device is off')
    // Of the next half minute, so that none that has been used is in between.
    const code = await oathtool(secret, 30)
    await page.getByLabel('Do not ask for this in this browser for 14 days').check()
    await enter(page, code)
    await heading(page, 'Less to type next time?')
    await press(page, 'Not now')
    expect(await shop.finish(page, second)).to.deep.include(shown)

    await page.context().clearCookies({ name: 'postern_session' })
    const remembered = await shop.begin(page)
    await password(page, 'u000002')
    const { acr, amr } = await shop.finish(page, remembered)
    expect({ acr, amr }).to.deep.equal({ acr: undefined, amr: ['pwd'] })
    const kept = await everythingIn(system)
    for (const each of [secret.replaceAll(' ', ''), 'u000002']) {
      expect(kept.includes(each), `${each} is in Redis`).to.equal(false)
    }

    await arrive(page, shop, 'u000002')
    await enter(page, code)
    await says(page, 'Wait until your app shows the next one')
    await press(page, /^Cancel and return/)
    expect(await shop.refusal(page)).to.equal('access_denied')
  })

  it('are asked for by an app that needs more only as far as they are missing', async () => {
    const page = await open()
    await addVirtualAuthenticator(page)
    const first = await arrive(page, shop, 'u000003')
    await setUpApp(page)
    await press(page, 'Not now')
    expect(await shop.finish(page, first)).to.include({ acr: 'multifactor' })

    const second = await vault.begin(page)
    await heading(page, 'Secure your account')
    expect(await page.getByRole('button', { name: /^App with codes/ }).count()).to.equal(0)
    await setUpPasskey(page)
    await press(page, 'Not now')
    const { acr, amr } = await vault.finish(page, second)
    expect(acr).to.equal('phishingResistant')
    expect(amr).to.have.members(['pwd', 'otp', 'hwk', 'user', 'mfa'])

    // Both apps have what they need, and nobody is asked for anything.
    expect(await shop.finish(page, await shop.begin(page))).to.deep.include({ acr, amr })
    expect(await vault.finish(page, await vault.begin(page))).to.deep.include({ acr, amr })

    const third = await arrive(page, vault, 'u000003')
    await heading(page, 'Use your passkey')
    expect(await page.getByRole('button', { name: /^App with codes/ }).count()).to.equal(0)
    await press(page, 'Use a passkey')
    await vault.finish(page, third)
  })

  it('are set up with a pass from the help desk, where a policy guards that', async () => {
    const page = await open()
    await addVirtualAuthenticator(page)
    await arrive(page, vault, 'u000004')
    await heading(page, 'You cannot go on here')
    await press(page, /^Return to/)
    expect(await vault.refusal(page)).to.equal('access_denied')

    const args = ['factors', 'pass', 'u000004@lab.test', '--config', 'provider.yaml']
    const { stdout, code } = await runPostern(args, { cwd: system.folder })
    expect(code).to.equal(0)
    const [pass = ''] = stdout.split('\n')
    const begun = await arrive(page, vault, 'u000004')
    await heading(page, 'Enter your temporary access pass')
    await enter(page, pass)
    await heading(page, 'Secure your account')
    await setUpPasskey(page)
    await press(page, 'Not now')
    expect(await vault.finish(page, begun)).to.include({ acr: 'phishingResistant' })

    await arrive(page, vault, 'u000004')
    await press(page, 'Use a passkey')
  })

  it('lock no account of the directory, but ask for the password again after ten wrong ones', async () => {
    const page = await open()
    const first = await arrive(page, shop, 'u000005')
    const secret = await setUpApp(page)
    await press(page, 'Give me recovery codes')
    const [code = ''] = await page.locator('#recovery-codes code').allInnerTexts()
    await press(page, 'I have kept them')
    const { sub } = await shop.finish(page, first)
    await guessWrong(system, { sub, method: 'totp', times: 9 })

    const second = await arrive(page, shop, 'u000005')
    const right = await oathtool(secret)
    await enter(page, right === '000000' ? '000001' : '000000')
    await says(page, 'enter your password again')
    await page.getByLabel('Password').fill(system.directory.password)
    await press(page, 'Sign in')
    await heading(page, 'Enter the code')
    await enter(page, right)
    await says(page, /was not looked at\. You can try again in \d minutes\./)
    await press(page, /^Recovery code/)
    await enter(page, code)
    await heading(page, 'Was that you?')
    expect(await page.textContent('main')).to.contain('ten wrong answers in a row')
    await press(page, 'Go on')
    await shop.finish(page, second)
    expect(await lockout(system, 'u000005')).to.deep.equal([])
  })

  it('of a passkey say what to do when an answer does not count', async () => {
    const page = await open()
    const passkey = await addVirtualAuthenticator(page)
    await arrive(page, shop, 'u000006')
    await setUpPasskey(page)
    await press(page, 'Not now')
    const answers: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/second-factor')) answers.push(request.postData() ?? '')
    })

    const begun = await arrive(page, shop, 'u000006')
    await forgetChallenges(system)
    await press(page, 'Use a passkey')
    await says(page, 'This page was open for too long')
    await press(page, 'Use a passkey')
    await shop.finish(page, begun)

    await arrive(page, shop, 'u000006')
    const [, replayed = ''] = answers
    await page.route('**/second-factor', (route) => route.continue({ postData: replayed }))
    await press(page, 'Use a passkey')
    await says(page, 'was used already')
    await page.unroute('**/second-factor')

    const [credential] = await passkey.credentials()
    await passkey.setCounter(credential?.credentialId ?? '', 0)
    await press(page, 'Use a passkey')
    await says(page, 'This key may have been copied')

    await using proxy = await startTcpProxy(Number(new URL(system.issuer).port))
    const there = new URL(page.url())
    there.port = String(proxy.port)
    await page.goto(there.href)
    await press(page, 'Use a passkey')
    await says(page, 'Your browser answered for another site')
  })

  it('may be turned away from, reloaded, and asked for in two windows', async () => {
    const page = await open()
    const passkey = await addVirtualAuthenticator(page)
    const first = await arrive(page, shop, 'u000008')
    await press(page, /^Passkey/)
    await heading(page, 'Set up a passkey')
    await page.reload()
    await heading(page, 'Set up a passkey')
    await page.goBack()
    await page.goForward()
    await press(page, 'Set up a passkey')
    await heading(page, 'In case you lose it')
    await press(page, 'Not now')
    await shop.finish(page, first)

    await arrive(page, shop, 'u000008')
    await heading(page, 'Use your passkey')
    const other = await watched(page.context())
    const passkeys = await addVirtualAuthenticator(other)
    for (const credential of await passkey.credentials()) await passkeys.add(credential)
    const second = await shop.begin(other)
    await heading(other, 'Use your passkey')
    await page.reload()
    await press(page, /^Cancel and return/)
    expect(await shop.refusal(page)).to.equal('access_denied')
    await other.reload()
    await press(other, 'Use a passkey')
    await shop.finish(other, second)
    await shop.finish(page, await shop.begin(page))
  })
})

/** As the other processes of the provider would have seen it within the last hours. */
async function guessWrong(
  system: System,
  { sub, method, times }: { sub: string; method: FactorMethod; times: number },
): Promise<void> {
  const clock = movedClock()
  clock.advance(-2 * 3_600_000)
  const carriers = await openCarriers({ url: system.redis.url })
  const store = sealedStore(carriers.store, Buffer.alloc(32, 7), systemClock)
  const limits = createGuessLimits({ store, clock })
  for (let count = 0; count < times; count += 1) {
    const taken = await limits.take(sub, method)
    if ('wait' in taken) throw new Error(`has to wait for ${taken.wait} seconds`)
    await taken.settle()
    clock.advance(400_000)
  }
  await carriers.dispose()
}

/** What the directory holds against somebody. */
async function lockout({ directory }: System, person: string): Promise<readonly string[]> {
  const client = new Client({ url: directory.url })
  try {
    await client.bind(adminDn, monitorPassword)
    const { searchEntries } = await client.search(`uid=${person},ou=bulk,${directory.baseDn}`, {
      scope: 'base',
      attributes: ['pwdFailureTime', 'pwdAccountLockedTime'],
    })
    expect(searchEntries).to.have.length(1)
    return Object.values({ ...searchEntries[0], dn: [] })
      .flat()
      .map(String)
  } finally {
    await client.unbind()
  }
}

/** What a copy of Redis shows, after whole sign-ins. */
async function everythingIn(system: System): Promise<string> {
  using opened = openRedis(system)
  const lines: string[] = []
  for (const key of await opened.redis.keys('*')) {
    const value = (await opened.redis.type(key)) === 'string' ? await opened.redis.get(key) : ''
    const list =
      (await opened.redis.type(key)) === 'list' ? await opened.redis.lrange(key, 0, -1) : []
    lines.push(key, value ?? '', ...list)
  }
  expect(lines.join('\n')).to.include('factor').and.include('remembered-browser')
  return lines.join('\n')
}

/** As they are after five minutes. */
async function forgetChallenges(system: System): Promise<void> {
  using opened = openRedis(system)
  const keys = await opened.redis.keys('*factor-challenge*')
  expect(keys).to.not.deep.equal([])
  await opened.redis.del(...keys)
}
