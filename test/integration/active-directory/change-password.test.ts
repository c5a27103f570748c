import { expect } from 'chai'
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

  it('is not possible unless the settings say so', async () => {
    await using opened = await openActiveDirectory(directory)
    expect(opened.backend).not.to.have.property('changePassword')
  })
})
