import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  createBreakGlassAccount,
  removeBreakGlassAccount,
} from '../../../provider/break-glass/edit-accounts.ts'
import { systemClock } from '../../../shared/clock.ts'
import { block, createPoliciesFolder, type PoliciesFolder } from '../../support/policies-folder.ts'
import { type RenewingApp, startRenewingApp } from '../../support/renewing-app.ts'
import { type System, startSystem } from '../../support/start-system.ts'

/** The worst of days: no agent at all, and a policy that lets nobody in. */
describe('break-glass accounts, with no agent', function () {
  this.timeout(30_000)
  let folder: string
  let file: string
  let policies: PoliciesFolder
  let system: System
  let app: RenewingApp
  let passphrase: string

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-break-glass-'))
    file = join(folder, 'break-glass.yaml')
    const made = await createBreakGlassAccount(file, { name: 'safe', groups: [] }, systemClock)
    passphrase = made.passphrase
    policies = await createPoliciesFolder()
    await policies.write('closed', { grantControls: block })
    system = await startSystem({
      agents: 0,
      backends: {},
      provider: {
        realms: [{ name: 'lab', suffixes: ['lab.test'], default: true }],
        breakGlass: { accountsFile: file },
        policiesDirectory: policies.path,
        accountChecks: { every: 0 },
      },
    })
    app = await startRenewingApp(system)
  })
  after(async () => {
    await system?.[Symbol.asyncDispose]()
    await policies?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  const logged = (msg: string) =>
    system.provider
      .output()
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['msg'] === msg)

  it('let in whoever has the passphrase, whatever policies say, and everybody hears of it', async () => {
    const tokens = await app.signIn({ username: 'safe@break-glass', password: passphrase })
    expect(tokens.claims()?.sub).to.match(/^break-glass:/)
    const [shouted] = logged('somebody has signed in with a break-glass account')
    expect(shouted).to.include({ level: 50, alert: 'breakGlassUsed', detail: 'account safe' })
    const decisions = logged('conditional access')
    expect(decisions.map(({ decision, policies: named }) => [decision, named])).to.deep.equal([
      ['allow', []],
      ['allow', []],
    ])
  })

  it('end what rests on them when they are removed', async () => {
    const tokens = await app.refresh(
      await app.signIn({ username: 'safe@break-glass', password: passphrase }),
    )
    expect(logged('a break-glass account is in use')).not.to.have.length(0)
    await removeBreakGlassAccount(file, 'safe')
    expect((await app.untilAsked(tokens)).error).to.equal('invalid_grant')
  })
})
