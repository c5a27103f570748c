import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { expect } from 'chai'
import { stringify } from 'yaml'
import type { PrintedReport } from '../../../cli/policy/report-text.ts'
import type { AccessEntry } from '../../../provider/signin-log/access-entry.ts'
import {
  createSignInRecords,
  type SignInRecords,
} from '../../../provider/signin-log/sign-in-records.ts'
import { systemClock } from '../../../shared/clock.ts'
import { createLog } from '../../../shared/log.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { eventually } from '../../support/eventually.ts'
import {
  createPoliciesFolder,
  elsewhere,
  type PoliciesFolder,
} from '../../support/policies-folder.ts'
import { openCarriers } from '../../support/redis-carriers.ts'
import { createRelyingParty } from '../../support/relying-party.ts'
import { type Ran, runPostern } from '../../support/run-postern.ts'
import { clientSecret, type System, startSystem } from '../../support/start-system.ts'

const reportOnly = { state: 'enabledForReportingButNotEnforced' }
const password = 'a-password-of-the-test'

/** A provider and another process that share Redis, and an admin beside them. */
describe('postern policy report', function () {
  this.timeout(30_000)
  let policies: PoliciesFolder
  let system: System
  let people: string

  before(async () => {
    policies = await createPoliciesFolder()
    await policies.write('mfa-elsewhere', {
      ...reportOnly,
      conditions: elsewhere,
      grantControls: { builtInControls: ['mfa'] },
    })
    await policies.write('no-ben', {
      conditions: { users: { includeUsers: ['ben@lab.test'] } },
      grantControls: { builtInControls: ['block'] },
    })
    people = join(policies.path, '../people.yaml')
    await writeFile(people, stringify({ users: await usersOf(['ann', 'ben']) }))
    system = await startSystem({
      backends: { lab: { type: 'file', file: people, changePasswords: true } },
      provider: { policiesDirectory: policies.path },
    })
    const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    const ann = await app.signIn('ann', password)
    const ben = await app.signIn('ben', password)
    const wrong = await app.signIn('ann', 'not-the-password')
    expect([ann.kind, ben.kind, wrong.kind]).to.deep.equal(['tokens', 'page', 'page'])
  })
  after(async () => {
    await system?.[Symbol.asyncDispose]()
    await policies[Symbol.asyncDispose]()
    await rm(people, { force: true })
  })

  const report = (...args: string[]): Promise<Ran> =>
    runPostern(['policy', 'report', '--config', join(system.folder, 'provider.yaml'), ...args])
  const inJson = async (...args: string[]): Promise<PrintedReport> =>
    JSON.parse((await report(...args, '--json')).stdout) as PrintedReport

  it('says who would have been asked, and who was blocked, a second after it happened', async () => {
    await eventually(async () => (await inJson()).signIns === 2)
    const { code, stdout, stderr } = await report('--since', '1h')
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const plain = stdout
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/g, 'TIME')
      .replaceAll(/\w{3}-\w{3}-\w{3}/g, 'REF')
      .replaceAll(/127\.0\.0\.1|::1/g, 'ADDRESS')
    expect(plain).to.equal(`From TIME to TIME
2 sign-ins of 2 people, 1 refused.
With the report-only policies enabled: 1 would have been asked for more.

mfa-elsewhere (report-only)
  would have blocked  0
  would have asked    2  mfa 2
  could not tell      0
  not touched         0
  people: ben 1, ann 1
  apps: test-app 2
    TIME  REF  ben  test-app  ADDRESS  refused  mfa
    TIME  REF  ann  test-app  ADDRESS  let in   mfa

no-ben (enabled)
  blocked         1
  asked           0
  could not tell  0
  not touched     1
  people: ben 1
  apps: test-app 1
    TIME  REF  ben  test-app  ADDRESS  refused  block
`)
  })

  it('has the references of the log', async () => {
    const { policies: all } = await inJson('--policy', 'no-ben')
    expect(all.map(({ policy }) => policy)).to.deep.equal(['no-ben'])
    const [example] = all[0]?.examples ?? []
    const line = system
      .logged()
      .split('\n')
      .find(
        (text) => text.includes('"conditional access"') && text.includes(example?.reference ?? '-'),
      )
    expect(line).to.contain(`"sub":"${example?.sub}"`)
  })

  it('has nothing of another time', async () => {
    const { code, stdout } = await report('--since', '2026-01-01', '--until', '2026-01-02')
    expect(code).to.equal(0)
    expect(stdout).to.contain('\n0 sign-ins of 0 people, 0 refused.\n')
    expect(stdout).to.match(/No policy was asked about any of them\.\n$/)
  })

  it('says what is wrong with a moment, and names policies for one that there is not', async () => {
    const { code, stderr } = await report('--since', 'yesterday')
    expect(code).to.equal(2)
    expect(stderr).to.match(/^postern: --since must be as 24h, 7d, /)
    const { stdout } = await report('--policy', 'no-bob')
    expect(stdout).to.contain(
      'No policy no-bob was asked about any of them. There are: mfa-elsewhere, no-ben.',
    )
  })

  it('counts what several processes write at the same time, each once', async () => {
    const { signIns: before } = await inJson()
    const writers = await Promise.all(['one', 'two'].map((name) => openWriter(system, name)))
    for (let count = 0; count < 200; count += 1) {
      for (const { records, name } of writers) records.access(arrival(`lab:${name}-${count % 10}`))
    }
    await Promise.all(writers.map((writer) => writer.stop()))
    const { signIns, people: persons, notKept } = await inJson()
    expect([signIns - before, persons, notKept]).to.deep.equal([400, 22, 0])
  })
})

async function usersOf(names: readonly string[]): Promise<readonly object[]> {
  const passwordHash = await hash(password, { memoryCost: 8, timeCost: 1 })
  return names.map((username) => {
    return {
      username,
      id: `${username}-id`,
      passwordHash,
      claims: { preferred_username: username },
    }
  })
}

function arrival(sub: string): AccessEntry {
  const where = { reference: '7KQ-M2X-9TF', clientAddress: '192.0.2.1', clientId: 'test-app' }
  const said = { decision: 'allow', policies: [], judged: [] } as const
  return { ...where, sub, step: 'authorization', isLetIn: true, ...said }
}

/** As another process of the provider's would write. */
async function openWriter(
  { redis }: System,
  name: string,
): Promise<{ name: string; records: SignInRecords; stop(): Promise<void> }> {
  const { store, dispose } = await openCarriers(redis, { name })
  const clock = systemClock
  const log = createLog({ level: 'silent', process: name })
  const sealed = sealedStore(store, Buffer.alloc(32, 7), clock)
  const records = createSignInRecords({ store: sealed, clock, log, keepDays: 30 })
  const stop = async () => {
    await records.stop()
    await dispose()
  }
  return { name, records, stop }
}
