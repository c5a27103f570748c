import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { type Begun, type BrowserApp, startBrowserApp } from '../support/browser-app.ts'
import { openldapAdmin } from '../support/change-openldap.ts'
import { startChromium } from '../support/chromium.ts'
import { createPoliciesFolder, type PoliciesFolder } from '../support/policies-folder.ts'
import { type System, startSystem } from '../support/start-system.ts'
import {
  addVirtualAuthenticator,
  type VirtualAuthenticator,
  type VirtualCredential,
} from '../support/virtual-authenticator.ts'

describe('a passkey in place of user name and password, with every part a process of its own', function () {
  this.timeout(60_000)
  let folder: PoliciesFolder
  let system: System
  let chromium: Browser
  let vault: BrowserApp
  let passkey: VirtualCredential
  let authenticator: VirtualAuthenticator
  let sub: string

  before(async () => {
    folder = await createPoliciesFolder()
    await folder.write('vault', { grantControls: { authenticationStrength: 'phishingResistant' } })
    const provider = { policiesDirectory: folder.path }
    ;[system, chromium] = await Promise.all([startSystem({ provider }), startChromium()])
    vault = await startBrowserApp(system.issuer, 'test-app')
    ;({ passkey, sub } = await enrol('u000001'))
  })
  after(async () => {
    await chromium.close()
    await vault[Symbol.asyncDispose]()
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })
  afterEach(async () => {
    // It counts its uses, and one that is behind is taken for a copy.
    const [used] = await authenticator.credentials()
    if (used !== undefined) passkey = used
    await Promise.all(chromium.contexts().map((context) => context.close()))
  })

  const press = (page: Page, name: string) => page.getByRole('button', { name }).click()
  const says = (page: Page, hasText: string) =>
    page.getByRole('alert').filter({ hasText }).waitFor()

  async function enrol(person: string): Promise<{ passkey: VirtualCredential; sub: string }> {
    const page = await chromium.newPage()
    authenticator = await addVirtualAuthenticator(page)
    const begun = await vault.begin(page)
    await page.getByLabel('User name').fill(`${person}@lab.test`)
    await press(page, 'Next')
    await page.getByLabel('Password').fill(system.directory.password)
    await press(page, 'Sign in')
    await press(page, 'Passkey or security key')
    await press(page, 'Set up a passkey')
    await press(page, 'Not now')
    const claims = await vault.finish(page, begun)
    const [made] = await authenticator.credentials()
    await page.context().close()
    if (made === undefined) throw new Error('no passkey was made')
    return { passkey: made, sub: claims.sub }
  }

  /** A browser that has the passkey and no cookie. */
  async function open({ offers = false } = {}): Promise<Page> {
    const page = await (await chromium.newContext()).newPage()
    // An authenticator in software takes at once whatever the browser offers.
    if (!offers) {
      await page.addInitScript('PublicKeyCredential.isConditionalMediationAvailable = undefined')
    }
    authenticator = await addVirtualAuthenticator(page)
    await authenticator.add(passkey)
    page.setDefaultTimeout(15_000)
    return page
  }

  async function arrive(page: Page, parameters: Record<string, string> = {}): Promise<Begun> {
    const begun = await vault.begin(page, parameters)
    await press(page, 'Sign in with a passkey')
    return begun
  }

  it('is taken from the field for the user name, and is all that policies and the app want', async () => {
    const page = await open({ offers: true })
    const shown = { sub, amr: ['hwk', 'user', 'mfa'], acr: 'phishingResistant' }
    const claims = await vault.finish(page, await vault.begin(page))
    expect(claims).to.deep.include(shown)
    expect(await vault.finish(page, await vault.begin(page, { prompt: 'none' }))).to.include({
      sub,
    })

    const { auth_time: again } = await vault.finish(page, await vault.begin(page, { max_age: '0' }))
    expect(again).to.be.at.least(Number(claims.auth_time))
    const lines = system.provider.output().split('\n')
    const line = lines.find((each) => each.includes('"method":"passkey"')) ?? '{}'
    expect(JSON.parse(line)).to.include({ outcome: 'ok', sub, realm: 'lab', agent: 'agent-1' })
  })

  it('says who it is, whomever the app has named', async () => {
    const page = await open()
    const begun = await arrive(page, { login_hint: 'u000002@lab.test' })
    expect(await vault.finish(page, begun)).to.include({ sub })

    const claims = JSON.stringify({ id_token: { sub: { value: 'lab:somebody-else' } } })
    await arrive(page, { claims, prompt: 'login' })
    expect(await vault.refusal(page)).to.equal('login_required')
  })

  it('is no way in once the account is turned off in the directory', async () => {
    const admin = openldapAdmin(system.directory)
    await admin.set('u000001', 'pwdAccountLockedTime', '000001010000Z')
    const page = await open()
    const begun = await arrive(page)
    await says(page, 'Your account is turned off')
    await admin.set('u000001', 'pwdAccountLockedTime')
    await press(page, 'Sign in with a passkey')
    expect(await vault.finish(page, begun)).to.include({ sub })
  })

  it('can be given once', async () => {
    const page = await open()
    const answers: string[] = []
    page.on('request', (request) => {
      if (request.url().endsWith('/passkey')) answers.push(request.postData() ?? '')
    })
    await vault.finish(page, await arrive(page))
    await page.context().clearCookies()
    const [replayed = ''] = answers
    await page.route('**/passkey', (route) => route.continue({ postData: replayed }))
    const begun = await arrive(page)
    await says(page, 'was used already')
    await page.unroute('**/passkey')
    await press(page, 'Sign in with a passkey')
    await vault.finish(page, begun)
  })

  it('is asked for anew by a page that has been open for long', async () => {
    const page = await open()
    await page.clock.install()
    const begun = await vault.begin(page)
    const challenge = page.locator('#passkey-challenge')
    const before = await challenge.inputValue()
    await page.clock.fastForward(10 * 60_000)
    await press(page, 'Sign in with a passkey')
    const claims = await vault.finish(page, begun)
    expect(claims).to.include({ sub })
    expect(before).to.not.equal('')
  })

  it('is to be tried again later while no agent answers, and nobody is told that it is wrong', async () => {
    await system.agents[0]?.stop()
    const page = await open()
    const begun = await arrive(page)
    await says(page, 'does not mean that anything is wrong with your passkey')
    await system.restartAgent(0)
    await press(page, 'Sign in with a passkey')
    expect(await vault.finish(page, begun)).to.include({ sub })
  })
})
