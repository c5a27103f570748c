import { expect } from 'chai'
import { asking, credentials } from '../../contracts/password-backend.ts'
import { eventually } from '../../support/eventually.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'

describe('the ldap backend’s connections', () => {
  let directory: OpenldapServer

  beforeEach(async () => {
    directory = await startOpenldap({ people: 20, log: true })
  })
  afterEach(() => directory.stop())

  it('are used for one search and one bind a question, whatever the answer', async () => {
    await using ldap = await openLdap(directory, { searchConnections: 1, bindConnections: 1 })
    const ask = asking(ldap.backend)
    await ask('ok', password)
    const bindsBefore = await directory.binds()
    const searchesBefore = searches(directory)
    const questions: [string, string][] = [
      ['ok', password],
      ['ok', 'wrong'],
      ['nobody', password],
      ['twin', password],
      ['locked', password],
      ['expired', password],
      ['mustchange', password],
    ]
    for (const [name, typed] of questions) await ask(name, typed)
    expect((await directory.binds()) - bindsBefore).to.equal(questions.length)
    expect(searches(directory) - searchesBefore).to.equal(questions.length)
  })

  it('are not used at all for an empty password', async () => {
    await using ldap = await openLdap(directory)
    await asking(ldap.backend)('ok', '')
    expect(await directory.connections()).to.equal(0)
  })

  it('are no more than the pools hold, after 200 wrong passwords at once', async () => {
    await using ldap = await openLdap(directory, { searchConnections: 2, bindConnections: 3 })
    const ask = asking(ldap.backend)
    const names = ['ok', 'nobody', 'u000001', 'u000002', 'u000003']
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => ask(names[index % 5] ?? '', `wrong ${index}`)),
    )
    for (const { outcome } of answers) {
      expect(outcome.name).to.be.oneOf(['wrongPassword', 'unknownUser', 'accountLocked'])
    }
    expect(await directory.connections()).to.equal(5)
    expect((await ask('u000004', password)).outcome.name).to.equal('ok')
    expect(await directory.connections()).to.equal(5)
  })

  it('are opened only as many as are needed', async () => {
    await using ldap = await openLdap(directory)
    const ask = asking(ldap.backend)
    for (let count = 0; count < 20; count += 1) await ask('ok', password)
    expect(await directory.connections()).to.equal(2)
  })

  it('are closed when nobody wants them, and opened again when somebody does', async () => {
    await using ldap = await openLdap(directory, { idleTimeout: 50 })
    const ask = asking(ldap.backend)
    expect((await ask('ok', password)).outcome.name).to.equal('ok')
    await eventually(async () => (await directory.connections()) === 0)
    expect((await ask('ok', password)).outcome.name).to.equal('ok')
  })

  it('are all closed with the backend', async () => {
    const ldap = await openLdap(directory)
    const ask = asking(ldap.backend)
    await Promise.all(Array.from({ length: 50 }, () => ask('ok', password)))
    expect(await directory.connections()).to.be.greaterThan(2)
    await ldap[Symbol.asyncDispose]()
    await eventually(async () => (await directory.connections()) === 0)
  })

  it('are waited for until the time is up, and then the answer is overloaded', async () => {
    await using ldap = await openLdap(directory, { searchConnections: 1, bindConnections: 1 })
    expect((await asking(ldap.backend)('ok', password)).outcome.name).to.equal('ok')
    directory.pause()
    const first = asking(ldap.backend)('ok', password)
    const signal = AbortSignal.timeout(50)
    const second = await ldap.backend.verify({ ...credentials('ok', 'ok', password), signal })
    expect(second.outcome).to.include({ name: 'unavailable', reason: 'overloaded' })
    directory.resume()
    expect((await first).outcome.name).to.equal('ok')
    expect((await asking(ldap.backend)('ok', password)).outcome.name).to.equal('ok')
  })

  it('are not used again after an operation ran out of time', async () => {
    await using ldap = await openLdap(directory, { searchConnections: 1, bindConnections: 1 })
    const ask = asking(ldap.backend)
    expect((await ask('ok', password)).outcome.name).to.equal('ok')
    directory.pause()
    const signal = AbortSignal.timeout(50)
    const late = await ldap.backend.verify({
      ...credentials('u000001', 'u000001', password),
      signal,
    })
    expect(late.outcome).to.include({ name: 'unavailable', reason: 'directoryTimeout' })
    directory.resume()
    // The late answer about another person must not be taken for the answer to this question.
    const { outcome } = await ask('ok', password)
    expect(outcome).to.have.nested.property('account.claims.preferred_username', 'ok')
    await eventually(async () => (await directory.connections()) === 2)
  })

  it('leave neither names nor passwords in the log', async () => {
    await using ldap = await openLdap(directory, { operationTimeout: 50, connectTimeout: 50 })
    const ask = asking(ldap.backend)
    await Promise.all([ask('ok', password), ask('nobody', 'secret-1'), ask('twin', 'secret-2')])
    await directory.kill()
    await ask('ok', password)
    await directory.restart()
    directory.pause()
    await ask('ok', password)
    directory.resume()
    expect(ldap.logged()).to.contain('the directory server is left alone')
    for (const secret of [password, 'secret-', 'nobody', 'twin', '@lab.test', 'uid=']) {
      expect(ldap.logged()).not.to.contain(secret)
    }
  })
})

function searches(directory: OpenldapServer): number {
  return directory
    .operations()
    .filter(({ kind, text }) => kind === 'SRCH' && text.startsWith('base="dc=lab')).length
}
