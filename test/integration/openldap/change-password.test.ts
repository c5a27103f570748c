import { expect } from 'chai'
import { credentials } from '../../contracts/password-backend.ts'
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

  it('is not possible unless the settings say so', async () => {
    await using opened = await openLdap(directory)
    expect(opened.backend).not.to.have.property('changePassword')
  })
})
