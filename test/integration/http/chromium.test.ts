import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { startChromium } from '../../support/chromium.ts'
import { type PageServer, startPages } from '../../support/start-pages.ts'

const account = { id: '42', claims: {} }

describe('the pages in Chromium', function () {
  this.timeout(30_000)
  let browser: Browser
  let app: AppServer
  let pages: PageServer
  before(async () => {
    app = await startApp()
    pages = await startPages({
      app: app.callback,
      organization: { name: 'Corp', help: 'Call 4711.' },
    })
    browser = await startChromium()
  })
  after(async () => {
    await browser.close()
    await pages[Symbol.asyncDispose]()
    await app[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    pages.answer = { name: 'ok', account }
  })

  it('sign in by keyboard alone, without any script', async () => {
    const page = await openPage({ javaScriptEnabled: false })
    await page.goto(pages.origin + pages.begin())
    expect(await page.title()).to.equal('Sign in · Corp')
    // A field can be seen before it takes the keyboard.
    await page.locator('[name=username]:focus').waitFor()
    await page.keyboard.type('alice@corp.example')
    await page.keyboard.press('Enter')
    await page.locator('[name=password]:focus').waitFor()
    await page.keyboard.type('open sesame')
    await page.keyboard.press('Enter')
    await page.getByText('app has you').waitFor()
    expect(pages.asked.at(-1)).to.include({
      username: 'alice@corp.example',
      password: 'open sesame',
    })
  })

  it('lead to an app whose callback moves on to another origin', async () => {
    const page = await openPage()
    await signInAs(page, 'alice@corp.example')
    await page.getByText('app has you').waitFor()
    expect(new URL(page.url()).origin).to.equal(app.home)
  })

  it('name every field, and read out what is wrong with it', async () => {
    pages.answer = { name: 'wrongPassword' }
    const page = await openPage()
    await signInAs(page, 'alice@corp.example')
    const field = page.getByLabel('Password')
    await page.getByRole('alert').getByText('is not right').waitFor()
    await page.locator('#password:focus').waitFor()
    expect(await field.getAttribute('autocomplete')).to.equal('current-password')
    expect(await field.inputValue()).to.equal('')
    const [node] = await accessibility(page, 'textbox', 'Password')
    expect(node?.description).to.include('The user name or password is not right')
    expect(node?.invalid).to.equal('true')
  })

  it('let the person go back to the user name', async () => {
    const page = await openPage()
    await page.goto(pages.origin + pages.begin())
    await page.getByLabel('User name').fill('alice@corp.example')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByRole('button', { name: 'Not you?' }).click()
    expect(await page.getByLabel('User name').inputValue()).to.equal('alice@corp.example')
  })

  it('survive back and reload', async () => {
    pages.answer = { name: 'wrongPassword' }
    const page = await openPage()
    await signInAs(page, 'alice@corp.example')
    await page.getByRole('alert').waitFor()
    const asked = pages.asked.length
    await page.reload()
    await page.getByRole('alert').waitFor()
    await page.goBack()
    await page.getByLabel('Password').waitFor()
    expect(pages.asked).to.have.length(asked)
  })

  it('break no rule of their own policy', async () => {
    const page = await openPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(pages.origin + pages.begin())
    const font = 'getComputedStyle(document.querySelector("h1")).fontSize'
    expect(await page.evaluate(font), 'the style sheet is in use').to.equal('28px')
    const mark = 'document.querySelector("header img").naturalWidth'
    expect(await page.evaluate(mark), 'and the mark').to.be.greaterThan(0)
    expect(complaints).to.deep.equal([])
  })

  for (const width of [320, 360, 1200]) {
    it(`fit a screen of ${width} px, even with the longest words`, async () => {
      pages.answer = { name: 'unavailable', reason: 'noAgent' }
      const page = await openPage({ viewport: { width, height: 640 } })
      const long = 'x'.repeat(200)
      const client = { id: 'x', name: long, firstParty: false }
      const path = pages.begin({ client })
      const consent = pages.begin({
        client,
        prompt: 'consent',
        missingScopes: [long],
        missingResourceScopes: { [long]: [long, long] },
      })
      await pages.post(`${path}/username`, { username: `${long}@corp.example` })
      for (const address of [path, consent, '/nowhere']) {
        await page.goto(pages.origin + address)
        const overflow =
          'document.documentElement.scrollWidth - document.documentElement.clientWidth'
        expect(await page.evaluate(overflow), address).to.equal(0)
      }
    })
  }

  afterEach(() => Promise.all(browser.contexts().map((context) => context.close())))

  async function openPage(options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> {
    const context = await browser.newContext(options)
    return context.newPage()
  }

  async function signInAs(page: Page, username: string): Promise<void> {
    await page.goto(pages.origin + pages.begin())
    await page.getByLabel('User name').fill(username)
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Password').fill('open sesame')
    await page.getByRole('button', { name: 'Sign in' }).click()
  }
})

interface AccessibleNode {
  readonly description?: string
  readonly invalid?: string
}

/** What Chromium tells a screen reader about the nodes with this role and name. */
async function accessibility(page: Page, role: string, name: string): Promise<AccessibleNode[]> {
  const session = await page.context().newCDPSession(page)
  const { nodes } = await session.send('Accessibility.getFullAXTree')
  return nodes
    .filter((node) => node.role?.value === role && node.name?.value === name)
    .map((node) => {
      const invalid = node.properties?.find((property) => property.name === 'invalid')
      return { description: String(node.description?.value), invalid: String(invalid?.value.value) }
    })
}

interface AppServer extends AsyncDisposable {
  readonly callback: string
  /** Where the callback moves on to. */
  readonly home: string
}

/** An app whose callback lives on another origin than its pages. */
async function startApp(): Promise<AppServer> {
  const open = async (answer: (url: string) => { location?: string; body?: string }) => {
    const server = createServer((request, response) => {
      const { location, body = '' } = answer(request.url ?? '')
      const headers = { 'content-type': 'text/html', ...(location !== undefined && { location }) }
      response.writeHead(location === undefined ? 200 : 303, headers).end(body)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
  }
  const home = await open(() => ({ body: '<!doctype html><title>App</title><p>app has you' }))
  const callback = await open(() => ({ location: `${home.origin}/` }))
  return {
    callback: `${callback.origin}/callback`,
    home: home.origin,
    [Symbol.asyncDispose]: async () => {
      for (const { server } of [home, callback]) {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      }
    },
  }
}
