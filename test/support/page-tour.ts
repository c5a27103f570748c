import { createHash } from 'node:crypto'
import { generateSync } from 'otplib'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { systemClock } from '../../shared/clock.ts'
import { type FactorPages, factorPageNames, factorPages } from './factor-pages.ts'
import { type Announced, startLocalMode } from './local-mode.ts'
import { type PageServer, startPages } from './start-pages.ts'

/**
 * A way past every page that people see, in a real browser: most of them in a running local mode,
 * and those that it has no cause to show behind stand-ins. For pictures, and for looking at what
 * must be true of each page.
 */
export interface PageTour extends AsyncDisposable {
  /** Takes one browser past all pages; `see` is called at each and given its name. */
  walk(browser: Browser, options: BrowserContextOptions, see: See): Promise<void>
}

export type See = (name: string, page: Page) => Promise<void>

interface Endpoints {
  readonly authorization_endpoint: string
  readonly device_authorization_endpoint: string
  readonly end_session_endpoint: string
}

interface TourStop {
  readonly local: Announced
  readonly endpoints: Endpoints
  readonly pages: PageServer
  readonly factors: FactorPages
  readonly page: Page
  readonly see: (name: string) => Promise<void>
}

// Where the apps of this tour live; nobody answers there but the tour itself.
const app = 'http://127.0.0.1:9'

export async function startPageTour(): Promise<PageTour> {
  await using started = new AsyncDisposableStack()
  const local = started.use(await startLocalMode())
  const { announced } = local
  const organization = { name: 'Postern on this machine' }
  const factors = factorPages()
  const features = [factors]
  const pages = started.use(await startPages({ organization, app: `${app}/callback`, features }))
  // Passkeys are for hosts with a name.
  factors.origin = pages.origin.replace('127.0.0.1', 'localhost')
  const discovery = await fetch(`${announced.issuer}/.well-known/openid-configuration`)
  const endpoints = (await discovery.json()) as Endpoints
  const running = started.move()
  return {
    walk: async (browser, options, see) => {
      for (const visit of visits) {
        const context = await browser.newContext(options)
        await context.route(`${app}/**`, (route) => route.fulfill({ body: 'the app' }))
        const page = await context.newPage()
        const about = { local: announced, endpoints, pages, factors, page }
        await visit({ ...about, see: (name) => see(name, page) })
        await context.close()
      }
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  }
}

const visits: readonly ((stop: TourStop) => Promise<void>)[] = [
  signIn,
  newPassword,
  ownPassword,
  ownAccount,
  expiresSoon,
  refused,
  secondFactors,
  consentAndSignOut,
  device,
  demo,
  errors,
]

async function signIn(stop: TourStop): Promise<void> {
  const { page, see } = stop
  await page.goto(authorization(stop, 'demo-app'))
  await see('user-name')
  await nameYourself(stop, 'ok')
  await see('password')
  await page.getByLabel('Password').fill('not it')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await see('wrong-password')
  await tryAs(stop, 'accountLocked')
  await see('account-locked')
  await tryAs(stop, 'unavailable/directoryDown')
  await see('unavailable')
}

async function newPassword(stop: TourStop): Promise<void> {
  const { page, see } = stop
  await page.goto(authorization(stop, 'demo-app'))
  await signInAs(stop, 'passwordExpired')
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await see('new-password')
  await page.getByLabel('Old password').fill(person(stop, 'passwordExpired').password)
  for (const label of ['New password', 'New password, again']) {
    await page.getByLabel(label, { exact: true }).fill('Password1')
  }
  await page.getByText('Too weak').waitFor()
  await see('new-password-weak')
  await page.getByRole('button', { name: 'Change and sign in' }).click()
  await page.getByRole('alert').waitFor()
  await see('new-password-refused')
}

async function ownPassword(stop: TourStop): Promise<void> {
  const { page, local, see } = stop
  await page.goto(`${local.issuer}/account/password`)
  await signInAs(stop, 'ok')
  await page.getByLabel('Old password').fill(person(stop, 'ok').password)
  await page.getByLabel('New password', { exact: true }).fill('gate-27')
  await page.getByText('Fair').waitFor()
  await see('account-password')
  await page.getByLabel('New password', { exact: true }).fill('close-the-gate-27')
  await page.getByText('Good').waitFor()
  await page.getByLabel('Show what I type').check()
  await see('account-password-shown')
  await page.goto(`${local.issuer}/account/password/changed`)
  await see('account-password-changed')
}

async function ownAccount(stop: TourStop): Promise<void> {
  const { page, local, see } = stop
  await page.goto(`${local.issuer}/account`)
  await signInAs(stop, 'ok')
  await page.getByRole('heading', { name: 'Alice Liddell' }).waitFor()
  await see('account')
  await page.getByRole('link', { name: 'Second factors' }).first().click()
  await page.getByRole('link', { name: 'Add another way' }).click()
  await addApp(page)
  await page.getByText('Rename').first().click()
  await see('account-factors')
  await page.getByText('Remove', { exact: false }).first().click()
  await page.getByRole('button', { name: 'Remove it' }).click()
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('heading', { name: 'Sessions', exact: true }).waitFor()
  await see('account-sessions')
  await page.getByRole('link', { name: 'Recent sign-ins' }).click()
  await page.getByRole('heading', { name: 'Recent sign-ins', exact: true }).waitFor()
  await see('account-sign-ins')
  await page.getByRole('link', { name: 'This was not me' }).first().click()
  await page.getByRole('heading', { name: 'This was not you?', exact: true }).waitFor()
  await see('account-not-me')
  await page.getByRole('button', { name: 'This was not me' }).click()
  await page.getByRole('heading', { name: 'Now choose a new password', exact: true }).waitFor()
  await see('account-not-me-done')
  await page.getByRole('link', { name: 'Sessions' }).click()
  await page.getByRole('button', { name: 'Sign out everywhere, here too' }).click()
  await page.getByRole('heading', { name: 'You are signed out everywhere', exact: true }).waitFor()
  await see('account-signed-out')
}

/** From the choice of what to set up. */
async function addApp(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'App with codes' }).click()
  await page.getByText('I cannot scan it').click()
  const secret = (await page.locator('.typed-secret').innerText()).replaceAll(/\s/g, '')
  await page.getByLabel('Code', { exact: true }).fill(generateSync({ secret }))
  await page.getByRole('button', { name: 'Go on' }).click()
}

/** Local mode has nobody whose password expires soon. */
async function expiresSoon({ page, pages, see }: TourStop): Promise<void> {
  const passwordExpiresAt = systemClock.now() + 73 * 3_600_000
  pages.answer = { name: 'ok', account: { id: '42', claims: {}, passwordExpiresAt } }
  await page.goto(pages.origin + pages.begin())
  await page.getByLabel('User name').fill('alice@lab.example')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByLabel('Password').fill('open sesame')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Your password expires soon' }).waitFor()
  await see('expires-soon')
}

/** Local mode has no policies. */
async function refused({ page, pages, see }: TourStop): Promise<void> {
  const reasons = ['Sign in from the office, or over the company’s network.']
  const refusal = { because: 'blocked', policies: [], reasons, reference: '7KQ-M2X-9TF' } as const
  await page.goto(pages.origin + pages.begin({ prompt: 'refused', refusal }))
  await see('refused')
}

async function secondFactors({ page, factors, see }: TourStop): Promise<void> {
  for (const name of factorPageNames) {
    await page.goto(`${factors.origin}/${name}`)
    await see(name)
  }
}

async function consentAndSignOut(stop: TourStop): Promise<void> {
  const { page, endpoints, see } = stop
  await page.goto(authorization(stop, 'demo-partner'))
  await signInAs(stop, 'ok')
  await page.getByRole('button', { name: 'Allow' }).waitFor()
  await see('consent')
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('the app').waitFor()
  const byForm = `${authorization(stop, 'demo-partner')}&response_mode=form_post`
  await page.goto(byForm, { waitUntil: 'commit' })
  await page.getByText('the app').waitFor()
  await page.goto(`${endpoints.end_session_endpoint}?client_id=demo-partner`)
  await see('sign-out')
  await page.getByRole('button', { name: 'Yes' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await see('signed-out')
  await goOn(stop)
}

/** The page that is gone before anybody has read it, unless its script cannot be had. */
async function goOn({ page, endpoints, see }: TourStop): Promise<void> {
  const script = '**/assets/go-on.*'
  await page.route(script, (route) => route.abort())
  await page.goto(endpoints.end_session_endpoint)
  await see('one-moment')
  await page.unroute(script)
  await page.goto(endpoints.end_session_endpoint, { waitUntil: 'commit' })
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
}

async function device(stop: TourStop): Promise<void> {
  const { page, endpoints, see } = stop
  const body = new URLSearchParams({ client_id: 'demo-device', scope: 'openid profile' })
  const answer = await fetch(endpoints.device_authorization_endpoint, { method: 'POST', body })
  const waiting = (await answer.json()) as { verification_uri: string; user_code: string }
  await page.goto(waiting.verification_uri)
  await see('device-code')
  await page.getByLabel('Code').fill('BBBB-BBBB')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('alert').waitFor()
  await see('device-code-wrong')
  await page.getByLabel('Code').fill(waiting.user_code)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Yes' }).waitFor()
  await see('device-confirm')
  await page.getByRole('button', { name: 'Yes' }).click()
  await signInAs(stop, 'ok')
  await page.getByRole('heading', { name: 'connected' }).waitFor()
  await see('device-done')
}

async function demo(stop: TourStop): Promise<void> {
  const { page, local, see } = stop
  await page.goto(`${local.issuer}/demo`)
  await see('demo')
  await page
    .getByRole('link', { name: /sign in/i })
    .first()
    .click()
  await signInAs(stop, 'ok')
  await page.waitForURL(`${local.issuer}/demo`)
  await see('demo-signed-in')
}

async function errors(stop: TourStop): Promise<void> {
  const { page, local, see } = stop
  await page.goto(authorization(stop, 'nobody-knows-this-app'))
  await see('error')
  await page.goto(`${local.issuer}/interaction/of-yesterday`)
  await see('sign-in-ended')
  await page.goto(`${local.issuer}/nowhere`)
  await see('not-found')
}

function authorization({ endpoints }: TourStop, clientId: string): string {
  const url = new URL(endpoints.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: `${app}/callback`,
    response_type: 'code',
    scope: 'openid profile email groups offline_access',
    code_challenge: createHash('sha256').update('v'.repeat(43)).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  return url.href
}

async function signInAs(stop: TourStop, outcome: string): Promise<void> {
  await nameYourself(stop, outcome)
  await stop.page.getByLabel('Password').fill(person(stop, outcome).password)
  await stop.page.getByRole('button', { name: 'Sign in' }).click()
}

/** From the password page of somebody else. */
async function tryAs(stop: TourStop, outcome: string): Promise<void> {
  await stop.page.getByRole('button', { name: 'Not you?' }).click()
  await signInAs(stop, outcome)
  await stop.page.getByRole('alert').waitFor()
}

async function nameYourself(stop: TourStop, outcome: string): Promise<void> {
  await stop.page.getByLabel('User name').fill(person(stop, outcome).username)
  await stop.page.getByRole('button', { name: 'Next' }).click()
  await stop.page.getByLabel('Password').waitFor()
}

function person({ local }: TourStop, outcome: string): Announced['users'][number] {
  const found = local.users.find((user) => user.outcome === outcome)
  if (found === undefined) throw new Error(`local mode has nobody for ${outcome}`)
  return found
}
