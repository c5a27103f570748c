import { accountLookupContract, asLookup } from '../../contracts/account-lookup.ts'
import { idsBy } from '../../support/directory-ids.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { startOpenldap } from '../../support/start-openldap.ts'

describe('looking accounts up in OpenLDAP', () => {
  accountLookupContract(async () => {
    const directory = await startOpenldap()
    const opened = await openLdap(directory)
    const idOf = idsBy(directory, { name: 'uid', id: 'entryUUID' })
    return {
      backend: asLookup(opened.backend),
      password,
      idOf: async (person) => (await idOf(person)).toString('utf8'),
      nobodys: '00000000-0000-4000-8000-000000000000',
      states: {
        ok: 'ok',
        disabled: 'accountDisabled',
        acctexpired: 'accountExpired',
        notyet: 'notNow',
        locked: 'ok',
        expired: 'ok',
        mustchange: 'ok',
      },
      dispose: async () => {
        await opened[Symbol.asyncDispose]()
        await directory.stop()
      },
    }
  })
})
