import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { startChromium } from '../test/support/chromium.ts'
import { startPostern } from '../test/support/postern-process.ts'

/**
 * `npm run pictures`: takes every page of a running local mode into `docs/pictures/`, by day, by
 * night and on a phone. With names after it, only those: `npm run pictures -- consent`.
 */
const folder = join(import.meta.dirname, '../docs/pictures')

const variants: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 800, height: 760 }, colorScheme: 'light' },
  dark: { viewport: { width: 800, height: 760 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
}

/** The line that `postern local --json` prints when it is ready. */
interface Local {
  readonly issuer: string
  readonly users: readonly {
    readonly username: string
    readonly password: string
    readonly outcome: string
  }[]
}

interface Endpoints {
  readonly authorization_endpoint: string
  readonly device_authorization_endpoint: string
  readonly end_session_endpoint: string
}

interface Tour {
  readonly local: Local
  readonly endpoints: Endpoints
  readonly page: Page
  readonly take: (name: string) => Promise<void>
}

// Where the apps of this tour live; nobody answers there but the tour itself.
const app = 'http://127.0.0.1:9'

async function main(only: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const postern = startPostern(['local', '--port', '0', '--json'])
  const browser = await startChromium()
  try {
    await postern.says('"issuer"')
    const local = JSON.parse(postern.stdout()) as Local
    const discovery = await fetch(`${local.issuer}/.well-known/openid-configuration`)
    const endpoints = (await discovery.json()) as Endpoints
    for (const variant of Object.keys(variants)) {
      await tour(browser, { local, endpoints, variant, only })
    }
  } finally {
    await browser.close()
    await postern.stop()
  }
}

async function tour(
  browser: Browser,
  options: { local: Local; endpoints: Endpoints; variant: string; only: readonly string[] },
): Promise<void> {
  const { local, endpoints, variant, only } = options
  for (const visit of [signIn, consentAndSignOut, device, demo, errors]) {
    const context = await browser.newContext(variants[variant])
    await context.route(`${app}/**`, (route) => route.fulfill({ body: 'the app' }))
    const page = await context.newPage()
    const take = async (name: string): Promise<void> => {
      if (only.length > 0 && !only.includes(name)) return
      await page.screenshot({ path: join(folder, `${name}-${variant}.png`), fullPage: true })
      console.log(`${name}-${variant}.png`)
    }
    await visit({ local, endpoints, page, take })
    await context.close()
  }
}

async function signIn(stop: Tour): Promise<void> {
  const { page, take } = stop
  await page.goto(authorization(stop, 'demo-app'))
  await take('user-name')
  await nameYourself(stop, 'ok')
  await take('password')
  await page.getByLabel('Password').fill('not it')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('alert').waitFor()
  await take('wrong-password')
  await tryAs(stop, 'accountLocked')
  await take('account-locked')
  await tryAs(stop, 'unavailable/directoryDown')
  await take('unavailable')
  await newPassword(stop)
}

async function newPassword(stop: Tour): Promise<void> {
  const { page, take } = stop
  await page.getByRole('button', { name: 'Not you?' }).click()
  await signInAs(stop, 'passwordExpired')
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await take('new-password')
  await page.getByLabel('Old password').fill(person(stop, 'passwordExpired').password)
  for (const label of ['New password', 'New password, again']) {
    await page.getByLabel(label, { exact: true }).fill('Password1')
  }
  await page.getByRole('button', { name: 'Change and sign in' }).click()
  await page.getByRole('alert').waitFor()
  await take('new-password-refused')
}

async function consentAndSignOut(stop: Tour): Promise<void> {
  const { page, endpoints, take } = stop
  await page.goto(authorization(stop, 'demo-partner'))
  await signInAs(stop, 'ok')
  await page.getByRole('button', { name: 'Allow' }).waitFor()
  await take('consent')
  await page.getByRole('button', { name: 'Allow' }).click()
  await page.getByText('the app').waitFor()
  await page.goto(`${endpoints.end_session_endpoint}?client_id=demo-partner`)
  await take('sign-out')
  await page.getByRole('button', { name: 'Yes' }).click()
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
  await take('signed-out')
}

async function device(stop: Tour): Promise<void> {
  const { page, endpoints, take } = stop
  const body = new URLSearchParams({ client_id: 'demo-device', scope: 'openid profile' })
  const answer = await fetch(endpoints.device_authorization_endpoint, { method: 'POST', body })
  const waiting = (await answer.json()) as { verification_uri: string; user_code: string }
  await page.goto(waiting.verification_uri)
  await take('device-code')
  await page.getByLabel('Code').fill('BBBB-BBBB')
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('alert').waitFor()
  await take('device-code-wrong')
  await page.getByLabel('Code').fill(waiting.user_code)
  await page.getByRole('button', { name: 'Next' }).click()
  await page.getByRole('button', { name: 'Yes' }).waitFor()
  await take('device-confirm')
  await page.getByRole('button', { name: 'Yes' }).click()
  await signInAs(stop, 'ok')
  await page.getByRole('heading', { name: 'connected' }).waitFor()
  await take('device-done')
}

async function demo(stop: Tour): Promise<void> {
  const { page, local, take } = stop
  await page.goto(`${local.issuer}/demo`)
  await take('demo')
  await page
    .getByRole('link', { name: /sign in/i })
    .first()
    .click()
  await signInAs(stop, 'ok')
  await page.waitForURL(`${local.issuer}/demo`)
  await take('demo-signed-in')
}

async function errors(stop: Tour): Promise<void> {
  const { page, local, take } = stop
  await page.goto(authorization(stop, 'nobody-knows-this-app'))
  await take('error')
  await page.goto(`${local.issuer}/interaction/of-yesterday`)
  await take('sign-in-ended')
  await page.goto(`${local.issuer}/nowhere`)
  await take('not-found')
}

function authorization({ endpoints }: Tour, clientId: string): string {
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

async function signInAs(stop: Tour, outcome: string): Promise<void> {
  await nameYourself(stop, outcome)
  await stop.page.getByLabel('Password').fill(person(stop, outcome).password)
  await stop.page.getByRole('button', { name: 'Sign in' }).click()
}

/** From the password page of somebody else. */
async function tryAs(stop: Tour, outcome: string): Promise<void> {
  await stop.page.getByRole('button', { name: 'Not you?' }).click()
  await signInAs(stop, outcome)
  await stop.page.getByRole('alert').waitFor()
}

async function nameYourself(stop: Tour, outcome: string): Promise<void> {
  await stop.page.getByLabel('User name').fill(person(stop, outcome).username)
  await stop.page.getByRole('button', { name: 'Next' }).click()
  await stop.page.getByLabel('Password').waitFor()
}

function person({ local }: Tour, outcome: string): Local['users'][number] {
  const found = local.users.find((user) => user.outcome === outcome)
  if (found === undefined) throw new Error(`local mode has nobody for ${outcome}`)
  return found
}

await main(process.argv.slice(2))
