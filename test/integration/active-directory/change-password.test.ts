import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { asking, credentials } from '../../contracts/password-backend.ts'
import { asChanger, passwordChangerContract } from '../../contracts/password-changer.ts'
import { idsBy } from '../../support/directory-ids.ts'
import { password, zoePassword } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'

describe('changing passwords in Active Directory', function suite() {
  this.timeout(30_000)
  let directory: SambaServer

  before(async () => {
    directory = await startSamba()
  })
  after(() => directory?.[Symbol.asyncDispose]())

  passwordChangerContract(async () => {
    const opened = await openActiveDirectory(directory, { changePasswords: true })
    return {
      backend: asChanger(opened.backend),
      password,
      tooSimple: 'onlysmallletters',
      states: {
        locked: 'accountLocked',
        disabled: 'accountDisabled',
        acctexpired: 'accountExpired',
      },
      dispose: async () => opened[Symbol.asyncDispose](),
    }
  })

  it('is announced where it will be due, before it is', async () => {
    await using opened = await openActiveDirectory(directory)
    const expiryOf = async (person: string) => {
      const { outcome } = await asking(opened.backend)(person, password)
      return outcome.name === 'ok' ? outcome.account.passwordExpiresAt : outcome.name
    }
    const [now, day] = [directory.madeAt, 86_400_000]
    expect(await expiryOf('soon')).to.be.closeTo(now + 3 * day, 60_000)
    expect(await expiryOf('ok')).to.be.above(now + 3000 * day)
    expect(await expiryOf('neverexpires')).to.equal(undefined)
  })

  it('is judged by the fine-grained policy that the person is under, where it may be read', async () => {
    await using opened = await openActiveDirectory(directory, { changePasswords: true })
    const change = async (person: string, newPassword: string, old = password) => {
      const typed = credentials(`${person}@lab.test`, person, old)
      return (await asChanger(opened.backend).changePassword({ ...typed, newPassword })).outcome
    }
    expect((await change('officer', 'Fresh-Start-123')).name).to.equal('tooShort')
    const long = 'only small letters'
    const changed = await change('officer', long)
    if (changed.name !== 'ok') throw new Error(`not ok but ${changed.name}`)
    const inTwentyDays = systemClock.now() + 20 * 86_400_000
    expect(changed.account.passwordExpiresAt).to.be.closeTo(inTwentyDays, 60_000)
    expect((await change('officer', long, long)).name).to.equal('inHistory')
    expect((await change('keeper', 'Fresh-Start-1')).name).to.equal('tooRecent')
    // That of `zoë` may not: the domain's has to do.
    expect((await change('zoë', 'Ab1-', zoePassword)).name).to.equal('tooShort')
  })

  it('leaves the account’s own flags as they are', async () => {
    await using opened = await openActiveDirectory(directory, { changePasswords: true })
    const flagsOf = idsBy(directory, { name: 'sAMAccountName', id: 'userAccountControl' })
    const flags = async () => (await flagsOf('neverexpires')).toString()
    const before = await flags()
    const typed = credentials('neverexpires@lab.test', 'neverexpires', password)
    const change = { ...typed, newPassword: 'Fresh-Start-1' }
    expect((await asChanger(opened.backend).changePassword(change)).outcome.name).to.equal('ok')
    expect(await flags()).to.equal(before)
    // NORMAL_ACCOUNT and DONT_EXPIRE_PASSWORD.
    expect(Number(before)).to.equal(0x1_02_00)
  })

  it('is not possible unless the settings say so', async () => {
    await using opened = await openActiveDirectory(directory)
    expect(opened.backend).not.to.have.property('changePassword')
  })
})
