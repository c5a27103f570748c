import { expect } from 'chai'
import { systemClock } from '../../../shared/clock.ts'
import { asking } from '../../contracts/password-backend.ts'
import { asChanger, passwordChangerContract } from '../../contracts/password-changer.ts'
import { password } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'

describe('changing passwords in Active Directory', function suite() {
  this.timeout(30_000)
  let directory: SambaServer

  before(async () => {
    directory = await startSamba()
  })
  after(() => directory[Symbol.asyncDispose]())

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
    const [now, day] = [systemClock.now(), 86_400_000]
    expect(await expiryOf('soon')).to.be.closeTo(now + 3 * day, 60_000)
    expect(await expiryOf('ok')).to.be.above(now + 3000 * day)
    expect(await expiryOf('neverexpires')).to.equal(undefined)
  })

  it('is not possible unless the settings say so', async () => {
    await using opened = await openActiveDirectory(directory)
    expect(opened.backend).not.to.have.property('changePassword')
  })
})
