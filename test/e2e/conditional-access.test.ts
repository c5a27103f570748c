import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import type { PrintedReport } from '../../cli/policy/report-text.ts'
import { startChromium } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import {
  block,
  createPoliciesFolder,
  elsewhere,
  office,
  outside,
  type PoliciesFolder,
} from '../support/policies-folder.ts'
import { runPostern } from '../support/run-postern.ts'
import { type System, startSystem } from '../support/start-system.ts'

describe('policies, with Chromium and every part a process of its own', () => {
  let folder: PoliciesFolder
  let system: System
  let chromium: Browser

  before(async function startAll() {
    this.timeout(30_000)
    folder = await createPoliciesFolder()
    const reason = 'This app is for the office.'
    await folder.write('office-only', { reason, conditions: elsewhere, grantControls: block })
    const partner = { applications: { includeApplications: ['demo-partner'] } }
    const asks = { builtInControls: ['secondOpinion'], termsOfUse: ['partners'] }
    await folder.write('partner', { conditions: partner, grantControls: asks })
    await folder.writeText('../terms.md', '# Who sees it\n\nPartners see your name.\n')
    const state = 'enabledForReportingButNotEnforced'
    await folder.write('watched', { state, grantControls: block })
    const textFile = join(folder.path, '../terms.md')
    const provider = {
      policiesDirectory: folder.path,
      trustedProxies: ['127.0.0.1', '::1'],
      termsOfUse: [{ name: 'partners', title: 'Partners’ apps', textFile }],
    }
    ;[system, chromium] = await Promise.all([
      startSystem({ demo: true, provider, agents: 2 }),
      startChromium(),
    ])
  })
  after(async () => {
    await chromium.close()
    await system[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  /** Signs in at the demo app, as if a trusted proxy had seen this address. */
  async function signInFrom(address: string, password: string, link = 'Sign in'): Promise<Page> {
    const context = await chromium.newContext({ extraHTTPHeaders: { 'X-Forwarded-For': address } })
    const page = await context.newPage()
    await page.goto(`${system.issuer}/demo`)
    await page.getByRole('link', { name: link, exact: true }).click()
    await page.getByLabel('User name').fill('ok@lab.test')
    await page.getByRole('button', { name: 'Next' }).click()
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    return page
  }
  const decisions = (): readonly Record<string, unknown>[] =>
    system.provider
      .output()
      .split('\n')
      .filter((line) => line.includes('"conditional access"'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)

  it('let somebody in at the office, and record what one that only reports had done', async () => {
    const page = await signInFrom(office, system.directory.password)
    await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
    expect(decisions().map(({ step }) => step)).to.deep.equal(['authorization', 'tokens'])
    expect(decisions()[0]).to.deep.include({
      clientAddress: office,
      decision: 'allow',
      reportOnly: { decision: 'block', policies: ['watched'] },
    })
  }).timeout(30_000)

  it('refuse them elsewhere with the reason, a reference, and a way back to the app', async () => {
    const page = await signInFrom(outside, system.directory.password)
    await page.getByRole('heading', { name: 'You cannot go on here' }).waitFor()
    const shown = await page.textContent('main')
    expect(shown).to.include('This app is for the office.')
    const line = decisions().at(-1)
    expect(line).to.deep.include({ decision: 'block', policies: ['office-only'] })
    expect(shown).to.include(String(line?.['reference']))
    await page.getByRole('button', { name: /^Return to/ }).click()
    await page.waitForURL(/\/demo/)
    expect(await page.textContent('main')).to.include('access_denied')
  }).timeout(30_000)

  it('are counted afterwards by the command for it: who was blocked, and who would have been', async () => {
    const config = join(system.folder, 'provider.yaml')
    const counts = async () => {
      const { stdout } = await runPostern(['policy', 'report', '--config', config, '--json'])
      const { policies } = JSON.parse(stdout) as PrintedReport
      const blocking = policies.filter(({ blocked }) => blocked > 0)
      return blocking.map(({ policy, state, blocked, examples }) => {
        return [policy, state, blocked, examples.map(({ clientAddress }) => clientAddress)]
      })
    }
    await eventually(
      async () => {
        expect(await counts()).to.deep.equal([
          ['watched', 'enabledForReportingButNotEnforced', 2, [outside, office]],
          ['office-only', 'enabled', 1, [outside]],
        ])
      },
      { within: 15_000 },
    )
  }).timeout(30_000)

  it('have two agents agree and the person accept terms, where they ask for that', async () => {
    const { password } = system.directory
    const declining = await signInFrom(office, password, 'Sign in to a partner’s app')
    await declining.getByRole('heading', { name: 'Partners’ apps' }).waitFor()
    expect(await declining.textContent('main')).to.include('Partners see your name.')
    await declining.getByRole('button', { name: 'Decline' }).click()
    await declining.waitForURL(/\/demo/)
    expect(await declining.textContent('main')).to.include('access_denied')

    const accepting = await signInFrom(office, password, 'Sign in to a partner’s app')
    await accepting.getByRole('button', { name: 'Accept' }).click()
    await accepting.getByRole('button', { name: 'Allow' }).click()
    await accepting.getByRole('heading', { name: /^Signed in/ }).waitFor()
    expect(decisions().at(-1)?.['shown']).to.include('secondOpinion')
    const agents = system.provider
      .output()
      .split('\n')
      .filter((line) => line.includes('"sign-in"') && line.includes('"second"'))
    expect(agents).to.have.length(2)
  }).timeout(30_000)

  it('say nothing to whoever does not know the password', async () => {
    const page = await signInFrom(outside, 'wrong')
    await page.getByRole('alert').waitFor()
    expect(await page.textContent('main')).to.not.include('for the office')
  }).timeout(30_000)
})
