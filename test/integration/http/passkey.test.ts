import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import type { Enrolment } from '../../../provider/mfa/factor.ts'
import { passkeyDataOf } from '../../../provider/mfa/passkey-data.ts'
import { passkeySettings } from '../../../provider/mfa/passkey-settings.ts'
import { startChromium } from '../../support/chromium.ts'
import { type FactorPages, factorPageNames, factorPages } from '../../support/factor-pages.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'
import {
  type AuthenticatorKind,
  addVirtualAuthenticator,
} from '../../support/virtual-authenticator.ts'

describe('a passkey in Chromium', function () {
  this.timeout(30_000)
  let browser: Browser
  let server: PageServer
  let pages: FactorPages
  before(async () => {
    pages = factorPages()
    ;[server, browser] = await Promise.all([startPages({ features: [pages] }), startChromium()])
  })
  after(async () => {
    await browser.close()
    await server[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    pages.origin = server.origin.replace('127.0.0.1', 'localhost')
    pages.settings = passkeySettings.parse({})
    pages.registered = []
    pages.results.length = 0
  })
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

  const openPage = async (options: BrowserContextOptions = {}): Promise<Page> =>
    (await browser.newContext(options)).newPage()
  const visit = (page: Page, name: string) =>
    page.goto(`${server.origin.replace('127.0.0.1', 'localhost')}/${name}`)
  const words = (page: Page): Promise<string> => page.getByRole('status').innerText()

  /** Presses the button, and gives what the answer came to. */
  async function press(page: Page, button: string, title: string): Promise<object> {
    await page.getByRole('button', { name: button }).click()
    await page.getByRole('heading', { name: title }).waitFor()
    return pages.results.at(-1) ?? {}
  }

  async function enrol(page: Page): Promise<Enrolment> {
    await visit(page, 'new-passkey')
    const result = await press(page, 'Set up a passkey', 'enrolled')
    const { enrolled } = result as { enrolled: Enrolment }
    const { name, data } = enrolled
    pages.registered = [{ id: 'f1', method: 'passkey', name, createdAt: 0, data }]
    return enrolled
  }

  async function prove(page: Page, title = 'proof'): Promise<object> {
    await visit(page, 'factor-passkey')
    return press(page, 'Use a passkey', title)
  }

  async function withPasskey(kind: AuthenticatorKind = {}) {
    const page = await openPage()
    const authenticator = await addVirtualAuthenticator(page, kind)
    return { page, authenticator, enrolled: await enrol(page) }
  }

  it('is made at the press of a button, and proves who it is', async () => {
    const { page, authenticator, enrolled } = await withPasskey()
    const [kept] = await authenticator.credentials()
    expect(kept).to.include({ rpId: 'localhost', isResidentCredential: true })
    expect(kept?.userName).to.equal('alice@corp.example')
    const data = passkeyDataOf(enrolled)
    expect(data.transports).to.deep.equal(['internal'])
    expect(data.synced).to.deep.equal({ possible: false, done: false })
    const result = await prove(page)
    expect(result).to.deep.nested.include({ 'proof.amr': ['hwk', 'user', 'mfa'] })
    expect(result).to.nested.include({ 'proof.data.counter': data.counter + 1 })
  })

  it('that is synced says so', async () => {
    const { page, enrolled } = await withPasskey({ synced: true })
    expect(passkeyDataOf(enrolled).synced).to.deep.equal({ possible: true, done: true })
    expect(await prove(page)).to.deep.nested.include({ 'proof.amr': ['swk', 'user', 'mfa'] })
  })

  it('on a security key that asks for no PIN is one factor, where that is allowed', async () => {
    pages.settings = passkeySettings.parse({ userVerification: 'preferred' })
    const key = { transport: 'usb', hasResidentKey: false, hasUserVerification: false } as const
    const { page, enrolled } = await withPasskey(key)
    expect(passkeyDataOf(enrolled).transports).to.deep.equal(['usb'])
    expect(await prove(page)).to.deep.nested.include({ 'proof.amr': ['hwk', 'user'] })
  })

  it('is offered among the user names, and is all that a sign-in takes', async () => {
    const { page, enrolled } = await withPasskey()
    await visit(page, 'user-name-passkey')
    await page.getByRole('heading', { name: 'proof' }).waitFor()
    expect(pages.results.at(-1)).to.nested.include({ 'proof.factor.id': 'f1' })
    expect(enrolled.knownAs).to.be.a('string')
  })

  it('can be had by a button, too, where nothing is offered', async () => {
    const { page } = await withPasskey()
    await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = undefined')
    await visit(page, 'user-name-passkey')
    const result = await press(page, 'Sign in with a passkey', 'proof')
    expect(result).to.nested.include({ 'proof.factor.id': 'f1' })
  })

  it('is not made twice on one device', async () => {
    const { page } = await withPasskey()
    await visit(page, 'new-passkey')
    await page.getByRole('button', { name: 'Set up a passkey' }).click()
    await page.getByText('has a passkey of yours already').waitFor()
    expect(await page.getByRole('button', { name: 'Set up a passkey' }).isEnabled()).to.equal(true)
    expect(pages.results).to.have.length(1)
  })

  it('is not given to a stranger’s finger, and the page says what to do', async () => {
    const { page, authenticator } = await withPasskey()
    await authenticator.setVerified(false)
    await visit(page, 'factor-passkey')
    await page.getByRole('button', { name: 'Use a passkey' }).click()
    await page.getByText('That was cancelled').waitFor()
    expect(await words(page)).to.include('use another way')
    await authenticator.setVerified(true)
    expect(await press(page, 'Use a passkey', 'proof')).to.have.property('proof')
  })

  it('is found out as a copy by its counter', async () => {
    const { page, authenticator } = await withPasskey()
    const [kept] = await authenticator.credentials()
    await authenticator.setCounter(kept?.credentialId ?? '', 0)
    pages.registered = pages.registered.map((factor) => ({
      ...factor,
      data: { ...factor.data, counter: 7 },
    }))
    expect(await prove(page, 'refused')).to.deep.equal({ refused: 'cloned' })
  })

  it('says on which site it was asked for', async () => {
    const { page } = await withPasskey()
    pages.origin = 'http://localhost:1'
    expect(await prove(page, 'refused')).to.deep.equal({ refused: 'wrongOrigin' })
  })

  it('goes without what browsers have only lately', async () => {
    const page = await openPage()
    await addVirtualAuthenticator(page)
    await page.addInitScript(`
      delete PublicKeyCredential.parseCreationOptionsFromJSON
      delete PublicKeyCredential.parseRequestOptionsFromJSON
      PublicKeyCredential.prototype.toJSON = () => { throw new TypeError('Illegal invocation') }
    `)
    await enrol(page)
    expect(await prove(page)).to.deep.nested.include({ 'proof.amr': ['hwk', 'user', 'mfa'] })
    await visit(page, 'user-name-passkey')
    await page.getByRole('heading', { name: 'proof' }).waitFor()
    expect(pages.results).to.have.length(3)
  })

  it('that took too long is told from one that was cancelled', async () => {
    const page = await openPage()
    await page.clock.install()
    // As browsers say it, whatever the reason.
    await page.addInitScript(`navigator.credentials.create = () => new Promise((_, reject) => {
      globalThis.giveUp = () => reject(new DOMException('', 'NotAllowedError'))
    })`)
    await visit(page, 'new-passkey')
    const button = page.getByRole('button', { name: 'Set up a passkey' })
    await button.click()
    expect(await words(page)).to.equal('Your browser is asking you …')
    expect(await button.isDisabled()).to.equal(true)
    await page.evaluate('giveUp()')
    await page.getByText('That was cancelled').waitFor()
    await button.click()
    await page.clock.fastForward(5 * 60_000)
    await page.evaluate('giveUp()')
    await page.getByText('That took too long').waitFor()
  })

  it('is not offered by a browser that knows none', async () => {
    const page = await openPage()
    await page.addInitScript('delete window.PublicKeyCredential')
    await visit(page, 'factor-passkey')
    await page.getByText('This browser knows no passkeys').waitFor()
    expect(await page.getByRole('button', { name: 'Use a passkey' }).isVisible()).to.equal(false)
    expect(await page.getByRole('button', { name: 'App with codes' }).isVisible()).to.equal(true)
    await visit(page, 'user-name-passkey')
    await page.getByRole('button', { name: 'Next' }).waitFor()
    expect(await page.getByRole('button', { name: 'passkey' }).isVisible()).to.equal(false)
    expect(await words(page)).to.equal('')
  })

  it('is not asked for without script: the page says why, and what else there is', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    await visit(page, 'factor-passkey')
    expect(await page.locator('noscript').isVisible()).to.equal(true)
    expect(await page.getByRole('button', { name: 'Use a passkey' }).isVisible()).to.equal(false)
    expect(await page.getByRole('button', { name: 'App with codes' }).isVisible()).to.equal(true)
    await visit(page, 'user-name-passkey')
    expect(await page.getByRole('button', { name: 'passkey' }).isVisible()).to.equal(false)
  })

  it('and all pages of second factors break no rule of their policy', async () => {
    const page = await openPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    for (const name of factorPageNames) await visit(page, name)
    expect(complaints).to.deep.equal([])
  })

  it('recovery codes can be copied and taken away as a file', async () => {
    const page = await openPage({ permissions: ['clipboard-read', 'clipboard-write'] })
    await visit(page, 'recovery-codes')
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('Copied.').waitFor()
    const codes = await page.locator('#recovery-codes code').allInnerTexts()
    expect(codes).to.have.length(10)
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(codes.join('\n'))
    const begun = page.waitForEvent('download')
    await page.getByRole('link', { name: 'Download' }).click()
    const file = await begun
    expect(file.suggestedFilename()).to.equal('recovery-codes.txt')
    expect(await readFile(await file.path(), 'utf8')).to.include(`${codes.join('\n')}\n`)
  })
})
