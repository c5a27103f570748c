import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../../support/eventually.ts'
import {
  answer,
  authorizationRequest,
  interactionOf,
  type LogLine,
  startOidc,
} from '../../support/oidc-system.ts'
import { runPostern } from '../../support/run-postern.ts'

/** What `docs/policies.md` tells an admin to write and run, written and run as it stands there. */
const page = readFileSync(new URL('../../../docs/policies.md', import.meta.url), 'utf8')
const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text = '']) => ({
  language,
  text,
}))

describe('docs/policies.md', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-policies-page-'))
    for (const { language, text } of blocks) {
      const [, name] = /^# (\S+\.yaml)\n/.exec(text) ?? []
      if (language !== 'yaml' || name === undefined) continue
      await mkdir(join(folder, dirname(name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
  })
  afterEach(() => rm(folder, { recursive: true }))

  const commands = blocks
    .filter(({ language }) => language === 'sh')
    .flatMap(({ text }) => text.trim().split('\n'))
    .map((line) => line.split(' ').slice(1))
  const run = (name: string) => {
    const command = commands.find((args) => args[1] === name)
    if (!command) throw new Error(`the page has no command ${name}`)
    return runPostern(command, { cwd: folder })
  }

  it('leads to a policy without mistakes and warnings', async () => {
    const { code, stdout } = await run('check')
    expect(code).to.equal(0)
    expect(stdout).to.match(/^1 good policy, 0 mistakes, 0 warnings\n/)
  })

  it('explains a sign-in that the policy is about', async () => {
    const { code, stdout } = await run('explain')
    expect(code).to.equal(0)
    expect(stdout).to.contain('mfa-elsewhere (report-only): applies\n')
    expect(stdout).to.contain('Decision: allow\nIf the report-only policies were enabled: ask\n')
  })

  it('has cases that pass', async () => {
    const { code, stdout } = await run('test')
    expect(code, stdout).to.equal(0)
    expect(stdout).to.match(/^3 cases passed, 0 failed\n/)
  })

  it('would act once enabled: then its case for all policies is changed with it', async () => {
    const file = join(folder, 'policies/mfa-elsewhere.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('enabledForReportingButNotEnforced', 'enabled'))
    const { code, stdout } = await run('test')
    expect(code).to.equal(1)
    expect(stdout).to.contain('expected allow, but all policies together come to ask')
    const cases = join(folder, 'policies/mfa-elsewhere.cases.yaml')
    const before = await readFile(cases, 'utf8')
    await writeFile(cases, before.replace('result: allow', 'result: ask'))
    expect((await run('test')).stdout).to.match(/^3 cases passed, 0 failed\n/)
  })

  it('acts in a provider that was already running, once it is enabled', async () => {
    await using system = await startOidc({ policies: join(folder, 'policies') })
    const web = await system.discover('web')
    const signIn = async (address: string) => {
      const browser = system.browser({ 'x-forwarded-for': address })
      const { url } = await authorizationRequest(web)
      return answer(browser, await browser.open(url), 'login/alice')
    }
    expect((await signIn('203.0.113.7')).hasLeft).to.equal(true)
    const file = join(folder, 'policies/mfa-elsewhere.yaml')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace('enabledForReportingButNotEnforced', 'enabled'))
    const isRead = ({ msg, enabled }: LogLine) =>
      msg === 'policies read again' && String(enabled) === 'mfa-elsewhere'
    await eventually(() => system.log.some(isRead))
    // There is nothing to show as a second factor here.
    expect(interactionOf(await signIn('203.0.113.7'))?.refusal?.reasons).to.deep.equal([
      "Outside the organization's networks you sign in with a second factor.",
    ])
    expect((await signIn('192.0.2.7')).hasLeft).to.equal(true)
  })
})
