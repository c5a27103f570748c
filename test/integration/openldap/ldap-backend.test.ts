import { expect } from 'chai'
import { asking, passwordBackendContract } from '../../contracts/password-backend.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { idOfOk, password, zoePassword } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'

describe('the ldap backend', () => {
  passwordBackendContract(async () => {
    const directory = await startOpenldap()
    const ldap = await openLdap(directory)
    return {
      backend: ldap.backend,
      idOfOk,
      password,
      zoePassword,
      // OpenLDAP has one word for all that keeps an account from being used.
      states: {
        soon: 'ok',
        expired: 'passwordExpired',
        mustchange: 'mustChangePassword',
        locked: 'accountLocked',
        disabled: 'accountLocked',
        acctexpired: 'accountLocked',
        notyet: 'accountLocked',
        nopassword: 'wrongPassword',
      },
      dispose: async () => {
        await ldap[Symbol.asyncDispose]()
        await directory.stop()
      },
    }
  })

  describe('finding people', () => {
    let directory: OpenldapServer

    before(async () => {
      directory = await startOpenldap()
    })
    after(() => directory.stop())

    it('finds them by what the filter says, anywhere below the base', async () => {
      await using ldap = await openLdap(directory)
      const ask = asking(ldap.backend)
      expect((await ask('branch', password)).outcome.name).to.equal('ok')
      const { outcome } = await ldap.backend.verify({
        username: 'other.mail@mail.example',
        localName: 'other.mail@mail.example',
        password,
        signal: AbortSignal.timeout(5_000),
      })
      expect(outcome).to.have.nested.property('account.claims.preferred_username', 'altid')
    })

    it('finds nobody below the base if only the level under it is meant', async () => {
      await using ldap = await openLdap(directory, { scope: 'one' })
      expect((await asking(ldap.backend)('ok', password)).outcome.name).to.equal('unknownUser')
    })

    it('knows nobody by a name that two entries have, and says so in the log', async () => {
      await using ldap = await openLdap(directory)
      expect((await asking(ldap.backend)('twin', password)).outcome.name).to.equal('unknownUser')
      expect(ldap.logged()).to.contain('a user name matches more than one entry')
      expect(ldap.logged()).not.to.contain('twin')
    })

    it('makes claims of any attribute, and none of those that are turned off', async () => {
      await using ldap = await openLdap(directory, {
        idAttribute: 'UID',
        claims: {
          phones: { from: ['telephonenumber'], as: 'list' },
          groups: { from: ['memberOf'], as: 'list' },
          nickname: { from: ['carLicense', 'UID'] },
          name: { from: [] },
        },
      })
      const { outcome } = await asking(ldap.backend)('ok', password)
      if (outcome.name !== 'ok') throw new Error(`not ok but ${outcome.name}`)
      expect(outcome.account.id).to.equal('ok')
      expect(outcome.account.claims).to.deep.equal({
        given_name: 'Given',
        family_name: 'Sur-ok',
        email: 'ok@lab.test',
        preferred_username: 'ok',
        phone_number: '+31 20 1234567',
        phones: ['+31 20 1234567', '+31 20 7654321'],
        groups: [
          'cn=apps,ou=groups,dc=lab,dc=test',
          'cn=sales\\, marketing,ou=groups,dc=lab,dc=test',
        ],
        nickname: 'ok',
      })
    })

    it('lets nobody in without an id', async () => {
      await using ldap = await openLdap(directory, { idAttribute: 'carLicense' })
      const { outcome } = await asking(ldap.backend)('ok', password)
      expect(outcome).to.deep.equal({
        name: 'unavailable',
        reason: 'misconfigured',
        detail: 'the entry has no single carLicense that the service account can read',
      })
    })
  })

  describe('password policy', () => {
    it('lets an expired password pass while sign-ins are left, but not the last', async () => {
      await using directory = await startOpenldap()
      await using ldap = await openLdap(directory)
      const ask = asking(ldap.backend)
      expect((await ask('grace', password)).outcome.name).to.equal('ok')
      expect((await ask('grace', password)).outcome.name).to.equal('passwordExpired')
      expect((await ask('grace', password)).outcome.name).to.equal('passwordExpired')
    })

    it('is told apart from a wrong password once the directory locks', async () => {
      await using directory = await startOpenldap()
      await using ldap = await openLdap(directory)
      const ask = asking(ldap.backend)
      for (let count = 1; count <= 5; count += 1) {
        expect((await ask('lockme', `wrong-${count}`)).outcome.name).to.equal('wrongPassword')
      }
      expect((await ask('lockme', password)).outcome.name).to.equal('accountLocked')
    })
  })
})
