import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { startChromium } from '../support/chromium.ts'
import { type System, startSystem } from '../support/start-system.ts'

describe('signing in with Chromium, over Redis, through an agent, against OpenLDAP', () => {
  let system: System
  let chromium: Browser
  before(async function startAll() {
    this.timeout(30_000)
    ;[system, chromium] = await Promise.all([
      startSystem({ demo: true, agents: 2 }),
      startChromium(),
    ])
  })
  after(async () => {
    await chromium.close()
    await system[Symbol.asyncDispose]()
  })

  /** A person with a browser of their own, at the demo app. */
  async function atTheApp(options: { javaScriptEnabled?: boolean } = {}): Promise<Page> {
    const context = await chromium.newContext(options)
    const page = await context.newPage()
    await page.goto(`${system.issuer}/demo`)
    return page
  }

  async function typeIn(page: Page, username: string, password: string): Promise<void> {
    await page.getByLabel('User name').fill(username)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  it('brings the person from the app to the app, which shows who they are', async () => {
    const page = await atTheApp()
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await typeIn(page, 'ok@lab.test', system.directory.password)
    await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
    expect(new URL(page.url()).pathname).to.equal('/demo')
    const shown = await page.textContent('main')
    expect(shown).to.contain('lab:').and.to.contain('["pwd"]').and.to.contain('ok@lab.test')
  }).timeout(30_000)

  it('needs no script, and no mouse', async () => {
    const page = await atTheApp({ javaScriptEnabled: false })
    await page.getByRole('link', { name: 'Sign in', exact: true }).focus()
    await page.keyboard.press('Enter')
    // A field can be seen before it takes the keyboard.
    await page.locator('[name=username]:focus').waitFor()
    await page.keyboard.type('ok@lab.test')
    await page.keyboard.press('Enter')
    await page.locator('[name=password]:focus').waitFor()
    await page.keyboard.type(system.directory.password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
  }).timeout(30_000)

  it('asks before a partner learns anything, and takes no for an answer', async () => {
    const page = await atTheApp()
    await page.getByRole('link', { name: 'partner' }).click()
    await typeIn(page, 'ok@lab.test', system.directory.password)
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.waitForURL(/\/demo/)
    expect(await page.textContent('main')).to.contain('access_denied')

    await page.goto(`${system.issuer}/demo`)
    await page.getByRole('link', { name: 'partner' }).click()
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
  }).timeout(30_000)

  it('lets somebody try again after a wrong password, and signs them out when they leave', async () => {
    const page = await atTheApp()
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await typeIn(page, 'ok@lab.test', 'not the password')
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).to.contain('user name or password')
    await page.getByLabel('Password').fill(system.directory.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.waitForURL(/\/logout/)
    await page.getByRole('button').first().click()
    await page.goto(`${system.issuer}/demo`)
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await page.getByLabel('User name').waitFor()
  }).timeout(30_000)

  it('tells an expired password from a wrong one', async () => {
    const page = await atTheApp()
    await page.getByRole('link', { name: 'Sign in', exact: true }).click()
    await typeIn(page, 'expired@lab.test', system.directory.password)
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').textContent()).to.contain('has expired')
  }).timeout(30_000)
})
