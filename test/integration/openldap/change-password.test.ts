import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { asking, credentials } from '../../contracts/password-backend.ts'
import { asChanger, passwordChangerContract } from '../../contracts/password-changer.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password, resetDn } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'

describe('changing passwords in OpenLDAP', () => {
  let directory: OpenldapServer

  before(async () => {
    directory = await startOpenldap({ people: 1 })
  })
  after(() => directory.stop())

  passwordChangerContract(async () => {
    const opened = await openLdap(directory, { changePasswords: true, bindDn: resetDn })
    return {
      backend: asChanger(opened.backend),
      password,
      states: { locked: 'accountLocked', disabled: 'accountLocked' },
      dispose: async () => opened[Symbol.asyncDispose](),
    }
  })

  it('needs no right of the service account, but for those who have expired', async () => {
    await using opened = await openLdap(directory, { changePasswords: true })
    const change = async (person: string) => {
      const typed = credentials(`${person}@lab.test`, person, password)
      return asChanger(opened.backend).changePassword({ ...typed, newPassword: 'Fresh-Start-1' })
    }
    expect((await change('u000001')).outcome.name).to.equal('ok')
    expect((await change('expired2')).outcome.name).to.equal('notPermitted')
  })

  it('is announced where it will be due, before it is', async () => {
    await using opened = await openLdap(directory)
    const expiryOf = async (person: string) => {
      const { outcome } = await asking(opened.backend)(person, password)
      return outcome.name === 'ok' ? outcome.account.passwordExpiresAt : outcome.name
    }
    const [now, day] = [systemClock.now(), 86_400_000]
    expect(await expiryOf('soon')).to.be.closeTo(now + 3 * day, 60_000)
    expect(await expiryOf('ok')).to.equal(undefined)
  })

  it('says how often an expired one will still do, where the policy lets it', async () => {
    await using opened = await openLdap(directory)
    const { outcome } = await asking(opened.backend)('grace', password)
    if (outcome.name !== 'ok') throw new Error(`not ok but ${outcome.name}`)
    expect(outcome.account.signInsLeft).to.equal(1)
    expect(outcome.account.passwordExpiresAt).to.be.closeTo(systemClock.now(), 60_000)
    expect((await asking(opened.backend)('grace', password)).outcome.name).to.equal(
      'passwordExpired',
    )
  })

  it('is not possible unless the settings say so', async () => {
    await using opened = await openLdap(directory)
    expect(opened.backend).not.to.have.property('changePassword')
  })
})
