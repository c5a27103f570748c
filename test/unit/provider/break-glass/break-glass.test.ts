import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import type { Alert } from '../../../../provider/agents/alert.ts'
import { openBreakGlassAccounts } from '../../../../provider/break-glass/accounts.ts'
import { readBreakGlassFile } from '../../../../provider/break-glass/accounts-file.ts'
import { type BreakGlass, createBreakGlass } from '../../../../provider/break-glass/break-glass.ts'
import {
  createBreakGlassAccount,
  removeBreakGlassAccount,
} from '../../../../provider/break-glass/edit-accounts.ts'
import { expectFault } from '../../../support/rejection.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const reference = '7KQ-M2X-9TF'

describe('break-glass accounts', () => {
  const clock = stoppedClock()
  let folder: string
  let file: string
  let passphrase: string
  let id: string
  let alerts: Alert[]
  let lines: Record<string, unknown>[]
  let breakGlass: BreakGlass

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-break-glass-'))
    file = join(folder, 'break-glass.yaml')
    const made = await create('safe', 'admins')
    passphrase = made.passphrase
    id = made.account.id
    alerts = []
    lines = []
    const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
    const log = pino({ level: 'info' }, { write })
    const accounts = await openBreakGlassAccounts(file, log)
    breakGlass = createBreakGlass({
      accounts,
      clock,
      log,
      alerts: { raise: (alert) => void alerts.push(alert) },
    })
  })
  afterEach(() => rm(folder, { recursive: true }))

  const create = (name: string, ...groups: string[]) =>
    createBreakGlassAccount(file, { name, groups }, clock)
  const verify = async (username: string, password: string) =>
    (await breakGlass.verify({ username, password, reference })).outcome

  it('let in whoever has the passphrase, with the claims of the file', async () => {
    expect(await verify('safe@break-glass', passphrase)).to.deep.equal({
      name: 'ok',
      account: {
        id,
        claims: {
          preferred_username: 'safe@break-glass',
          name: 'Emergency account safe',
          groups: ['admins'],
        },
      },
    })
    expect((await verify('SAFE@Break-Glass', passphrase.toUpperCase())).name).to.equal('ok')
  })

  it('let in nobody else', async () => {
    const wrong = ['', 'a', passphrase.slice(1), `${passphrase}0`, '$argon2id$v=19$m=1']
    for (const one of wrong)
      expect(await verify('safe@break-glass', one)).to.deep.equal({ name: 'wrongPassword' })
    for (const name of ['other@break-glass', '@break-glass', 'safe', 'safe@corp@break-glass']) {
      expect(await verify(name, passphrase), name).to.deep.equal({ name: 'unknownUser' })
    }
  })

  it('say each use by an alert, and each attempt in the log', async () => {
    await verify('safe@break-glass', passphrase)
    await verify('safe@break-glass', passphrase)
    expect(alerts.map(({ name }) => name)).to.deep.equal(['breakGlassUsed', 'breakGlassUsed'])
    expect(alerts[0]).to.deep.include({ realm: 'break-glass', reference, detail: 'account safe' })

    for (const name of ['safe', 'safe', 'hunter2']) await verify(`${name}@break-glass`, 'wrong')
    const tried = lines.filter(({ msg }) => msg === 'a break-glass account was tried in vain')
    expect(tried.map(({ level, detail }) => [level, detail])).to.deep.equal([
      [50, 'account safe'],
      [50, 'account safe'],
      [50, 'no such account'],
    ])
    expect(JSON.stringify([alerts, lines]))
      .not.to.include('hunter2')
      .and.not.include(passphrase)
  })

  it('say attempts by one alert a minute, and uses still, whoever floods the page', async () => {
    const attempts = Array.from({ length: 200 }, () => verify('safe@break-glass', 'wrong'))
    expect((await verify('safe@break-glass', passphrase)).name).to.equal('ok')
    await Promise.all(attempts)
    const named = () => alerts.map(({ name }) => name).toSorted()
    expect(named()).to.deep.equal(['breakGlassRefused', 'breakGlassUsed'])
    clock.advance(60_000)
    await verify('safe@break-glass', 'wrong')
    expect(named()).to.deep.equal(['breakGlassRefused', 'breakGlassRefused', 'breakGlassUsed'])
    expect(alerts.at(-1)?.detail).to.equal('account safe; attempts since this process started: 201')
  })

  it('are never locked, however often somebody is wrong', async () => {
    for (let at = 0; at < 50; at += 1) await verify('safe@break-glass', `wrong ${at}`)
    expect((await verify('safe@break-glass', passphrase)).name).to.equal('ok')
  })

  it('can be looked up while they are in the file, and each time it is said', async () => {
    expect(await breakGlass.lookUp({ accountId: id, reference })).to.have.property('name', 'ok')
    expect(lines.at(-1)).to.include({ level: 40, msg: 'a break-glass account is in use' })
    expect(lines.at(-1)).to.include({ account: 'safe', reference })
    await removeBreakGlassAccount(file, 'safe')
    const gone = { name: 'unknownUser' }
    expect(await breakGlass.lookUp({ accountId: id, reference })).to.deep.equal(gone)
    expect(await verify('safe@break-glass', passphrase)).to.deep.equal(gone)

    const again = await create('safe')
    expect(await breakGlass.lookUp({ accountId: id, reference })).to.deep.equal(gone)
    expect((await verify('safe@break-glass', again.passphrase)).name).to.equal('ok')
  })

  it('stay when their file goes bad, which the log says', async () => {
    await writeFile(file, 'accounts: [')
    expect((await verify('safe@break-glass', passphrase)).name).to.equal('ok')
    expect(lines.at(-1)?.['msg']).to.equal('break-glass accounts are bad; the last good ones stay')
  })

  describe('in their file', () => {
    it('are readable by its owner alone, and it is not used otherwise', async () => {
      expect((await stat(file)).mode & 0o777).to.equal(0o600)
      await chmod(file, 0o640)
      const fault = await expectFault(readBreakGlassFile(file), 'settings')
      expect(fault.message).to.include('other users can read it; run: chmod 600')
    })

    it('have no passphrase, and nobody has one of another', async () => {
      const other = await create('other')
      const { accounts } = await readBreakGlassFile(file)
      expect(accounts.map(({ name }) => name)).to.deep.equal(['safe', 'other'])
      expect(JSON.stringify(accounts)).not.to.include(passphrase).and.not.include(other.passphrase)
      expect(await verify('other@break-glass', passphrase)).to.have.property(
        'name',
        'wrongPassword',
      )
    })

    it('have names of their own', async () => {
      const fault = await expectFault(create('safe'), 'settings')
      expect(fault.message).to.equal(`${file}: there is an account safe already`)
      const missing = await expectFault(removeBreakGlassAccount(file, 'saef'), 'settings')
      expect(missing.message).to.equal(`${file}: there is no account saef; did you mean "safe"?`)
    })
  })
})
