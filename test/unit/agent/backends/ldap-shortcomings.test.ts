import { expect } from 'chai'
import type { Client } from 'ldapts'
import { shortcomingsOf } from '../../../../agent/backends/ldap-shortcomings.ts'

// The real servers of the other tests can all do it.
describe('an LDAP server on which passwords are to be changed', () => {
  const groups = { from: 'member', only: ['*'], most: 100, deepest: 10 } as const
  const lacking = (supportedExtension: readonly string[], changePasswords: boolean) => {
    const search = async (dn: string) => ({ searchEntries: [{ dn, supportedExtension }] })
    const client = { search } as unknown as Client
    return shortcomingsOf(client, { baseDn: 'dc=lab', groups, changePasswords })
  }
  const [startTls, rfc3062] = ['1.3.6.1.4.1.1466.20037', '1.3.6.1.4.1.4203.1.11.1']

  it('lacks something if it has no operation for that', async () => {
    const found = await lacking([startTls], true)
    expect(found.map(({ says }) => says)).to.have.lengthOf(1)
    expect(found[0]?.says).to.include('RFC 3062')
    expect(await lacking([startTls], false)).to.deep.equal([])
    expect(await lacking([startTls, rfc3062], true)).to.deep.equal([])
  })
})
