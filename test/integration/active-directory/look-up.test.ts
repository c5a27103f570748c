import { guidText } from '../../../agent/backends/active-directory-ids.ts'
import { accountLookupContract, asLookup } from '../../contracts/account-lookup.ts'
import { idsBy } from '../../support/directory-ids.ts'
import { password } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { startSamba } from '../../support/samba/start-samba.ts'

describe('looking accounts up in Active Directory', function suite() {
  this.timeout(30_000)
  accountLookupContract(async () => {
    const directory = await startSamba()
    const opened = await openActiveDirectory(directory)
    const idOf = idsBy(directory, { name: 'sAMAccountName', id: 'objectGUID' })
    return {
      backend: asLookup(opened.backend),
      password,
      idOf: async (person) => guidText(await idOf(person)) ?? '',
      nobodys: '00000000-0000-4000-8000-000000000000',
      states: {
        ok: 'ok',
        disabled: 'accountDisabled',
        acctexpired: 'accountExpired',
        locked: 'ok',
        expired: 'ok',
        mustchange: 'ok',
      },
      dispose: async () => {
        await opened[Symbol.asyncDispose]()
        await directory[Symbol.asyncDispose]()
      },
    }
  })
})
