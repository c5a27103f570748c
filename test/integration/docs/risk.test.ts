import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { parse } from 'yaml'
import { openRiskModule } from '../../../provider/risk/module.ts'
import { type RiskSettings, riskSettings } from '../../../provider/risk/settings.ts'
import { systemClock } from '../../../shared/clock.ts'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'

/** What `docs/risk.md` tells an admin to write and run, written and run as it stands there. */
const page = readFileSync(new URL('../../../docs/risk.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
  language,
  text,
}))
const block = (start: string): string => {
  const found = blocks.find(({ text }) => text.startsWith(start))
  if (found === undefined) throw new Error(`the page has nothing that begins with ${start}`)
  return found.text
}
const settings = parse(block('# provider.yaml')) as { risk: RiskSettings }

describe('docs/risk.md', () => {
  let folder: SettingsFolder
  before(async () => {
    folder = await createSettingsFolder({
      provider: { policiesDirectory: 'policies', ...settings },
    })
    await mkdir(join(folder.path, 'policies'))
    await folder.write('policies/no-strangers.yaml', block('# policies/no-strangers.yaml'))
    await folder.write('our-risk.js', block('// our-risk.js'))
    await folder.write('leavers.txt', 'ada@corp.example\nbob@corp.example\n')
    await folder.write('package.json', '{ "type": "module" }')
  })
  after(() => folder[Symbol.asyncDispose]())

  const run = (...args: string[]) => runPostern(args, { cwd: folder.path })
  const explain = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .map((line) => line.split(' ').slice(1))

  it('has a policy and settings without mistakes', async () => {
    const policies = await run('policy', 'check', 'policies')
    expect(policies.stdout).to.match(/^1 good policy, 0 mistakes, 0 warnings\n/)
    const checked = await run('check', 'provider.yaml')
    expect(checked.stdout).to.equal('provider.yaml: provider, no mistakes\n')
  })

  it('says by facts and by levels what its policy would do', async () => {
    expect(explain).to.have.length(2)
    const [byFacts, byLevel] = await Promise.all(explain.map((args) => run(...args)))
    expect(byFacts?.stdout).to.include(
      'Sign-in risk: high, 80 points: newCountry 30, addressFailures 25, unknownDevice 25\n',
    )
    for (const ran of [byFacts, byLevel]) {
      expect(ran?.stdout).to.include('no-strangers (report-only): applies\n')
      expect(ran?.stdout).to.include('If the report-only policies were enabled: block\n')
    }
  })

  it('has a module that does what it says', async () => {
    const given = riskSettings.parse(settings.risk)
    const parts = { folder: folder.path, log: pino({ level: 'silent' }), clock: systemClock }
    const module = await openRiskModule(given, parts)
    const about = { sub: 'corp:1', at: 0, isFresh: true, facts: {} }
    expect(
      await module.ask({ ...about, names: ['ada@corp.example'], userAgent: 'curl/8' }),
    ).to.deep.equal({
      user: [{ fact: 'module', points: 25, text: 'is about to leave' }],
      signIn: [{ fact: 'module', points: 50, text: 'a program and no browser' }],
    })
    expect(await module.ask({ ...about, names: ['eve@corp.example'] })).to.deep.equal({
      user: [],
      signIn: [],
    })
  })

  it('is told before the start that a module is no good', async () => {
    await folder.write('our-risk.js', 'export const createRisk = 1')
    const { code, stdout } = await run('check', 'provider.yaml')
    expect(code).to.equal(1)
    expect(stdout).to.match(
      /^provider\.yaml:\d+:\d+: risk\.module: \.\/our-risk\.js exports no function createRiskSignal$/m,
    )
  })
})
