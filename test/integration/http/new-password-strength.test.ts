import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core'
import { expectAccessible } from '../../support/accessible.ts'
import { startChromium } from '../../support/chromium.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const path = '/account/password'
const username = 'bob.miller@lab.example'
const account = { id: '42', claims: { family_name: 'Ångström' }, signedInAs: username }

describe('the strength of a new password in Chromium', function () {
  this.timeout(30_000)
  let browser: Browser
  let pages: PageServer
  before(async () => {
    ;[pages, browser] = await Promise.all([
      startPages({ organization: { name: 'Acme Bikes' } }),
      startChromium(),
    ])
    pages.ownSession = { accountId: 'lab:42', account, age: 60 }
  })
  after(async () => {
    await browser.close()
    await pages[Symbol.asyncDispose]()
  })
  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const page = await (await browser.newContext(options)).newPage()
    await page.goto(pages.origin + path)
    return page
  }
  const field = (page: Page): Locator => page.getByLabel('New password', { exact: true })
  const words = (page: Page): Promise<string> => page.locator('[aria-live=polite]').innerText()
  const points = async (page: Page): Promise<number> =>
    Number(await page.evaluate('document.querySelector("meter").value'))

  it('is said as the person types, and why it is too weak', async () => {
    const page = await openPage()
    expect(await words(page)).to.contain('Longer is better')
    const said: Record<string, string> = {
      bik: 'Too short so far.',
      'P@ssword1!': 'Too weak: little but common words.',
      'xy-Miller-27': 'Too weak: a name is in it, yours or ours.',
      'ride-bikes-27': 'Too weak: a name is in it, yours or ours.',
      'not-ångström-27': 'Too weak: a name is in it, yours or ours.',
      'gate-27': 'Fair. More letters make it better.',
      'close-the-gate-9': 'Good.',
    }
    for (const [password, text] of Object.entries(said)) {
      await field(page).fill(password)
      expect(await words(page), password).to.equal(text)
      expect((await points(page)) < 5, password).to.equal(text.startsWith('Too'))
    }
    await field(page).fill('')
    expect(await words(page)).to.contain('Longer is better')
    expect(await points(page)).to.equal(0)
  })

  it('takes one line on a telephone, so that nothing moves', async () => {
    const page = await openPage({ viewport: { width: 360, height: 740 } })
    const top = async () => (await page.getByLabel('New password, again').boundingBox())?.y
    const before = await top()
    for (const password of ['bik', 'P@ssword1!', 'xy-Miller-27', 'gate-27', 'close-the-gate-9']) {
      await field(page).fill(password)
      expect(await top(), password).to.equal(before)
    }
  })

  it('breaks no rule of the page’s policy, and sends nothing anywhere', async () => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(pages.origin + path)
    await page.getByRole('meter').waitFor()
    const asked: string[] = []
    context.on('request', (request) => asked.push(request.url()))
    await field(page).pressSequentially('close-the-gate-9')
    expect(await words(page)).to.equal('Good.')
    expect(complaints).to.deep.equal([])
    expect(asked).to.deep.equal([])
  })

  it('can be read out, reached by keyboard, and shows what is typed', async () => {
    const page = await openPage()
    await expectAccessible(page)
    await field(page).focus()
    await page.keyboard.type('gate-27')
    const description = await field(page).getAttribute('aria-describedby')
    expect(description?.split(' ')).to.include('strength-words')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Space')
    const types = () =>
      page.evaluate(
        '[...document.querySelectorAll("input:not([hidden], [type=checkbox])")].map(({ type }) => type)',
      )
    expect(await types()).to.deep.equal(['text', 'text', 'text'])
    await expectAccessible(page)
    await page.getByLabel('Show what I type').uncheck()
    expect(await types()).to.deep.equal(['password', 'password', 'password'])
  })

  it('hides what was shown when it is sent, so that the browser keeps none of it', async () => {
    const page = await openPage()
    await page.getByLabel('Show what I type').check()
    const types = await page.evaluate(`
      const form = document.querySelector('form')
      form.addEventListener('submit', (event) => event.preventDefault())
      for (const input of form.querySelectorAll('[required]')) input.value = 'close-the-gate-9'
      const before = [...form.querySelectorAll('[required]')].map(({ type }) => type)
      form.requestSubmit()
      const after = [...form.querySelectorAll('[required]')].map(({ type }) => type)
      ;({ before, after })
    `)
    expect(types).to.deep.equal({
      before: ['text', 'text', 'text'],
      after: ['password', 'password', 'password'],
    })
  })

  it('shows nothing of itself without script, and the server decides', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    for (const hidden of ['meter', '[aria-live]', '.strength', '[type=checkbox]']) {
      expect(await page.locator(hidden).isVisible(), hidden).to.equal(false)
    }
    await page.getByLabel('Old password').fill('open sesame')
    await field(page).fill('P@ssword1!')
    await page.getByLabel('New password, again').fill('P@ssword1!')
    await page.getByRole('button', { name: 'Change the password' }).click()
    await page.getByRole('alert').waitFor()
    expect(await page.getByRole('alert').innerText()).to.contain('easy to guess')
  })
})
