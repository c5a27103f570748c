import { expect } from 'chai'
import { firstRdnValue } from '../../../../agent/backends/ldap-dn.ts'

describe('first RDN value', () => {
  // The later ones are the examples of RFC 4514 section 4.
  const table: readonly [dn: string, value: string | undefined][] = [
    ['cn=apps,ou=groups,dc=lab', 'apps'],
    ['CN=Domain Admins,CN=Users,DC=corp', 'Domain Admins'],
    ['cn=apps', 'apps'],
    ['cn= apps,dc=lab', 'apps'],
    ['OU=Sales+CN=J.  Smith,DC=example,DC=net', 'Sales'],
    ['CN=James \\"Jim\\" Smith\\, III,DC=example,DC=net', 'James "Jim" Smith, III'],
    ['CN=Before\\0dAfter,DC=example,DC=net', 'Before\rAfter'],
    ['CN=Lu\\C4\\8Di\\C4\\87', 'Lučić'],
    ['cn=a\\\\b\\+c\\=d,dc=lab', 'a\\b+c=d'],
    ['cn=\\ spaces\\ ,dc=lab', ' spaces '],
    ['cn=zoë 山田,dc=lab', 'zoë 山田'],
    ['cn=a=b,dc=lab', 'a=b'],
    ['apps', undefined],
    ['', undefined],
    ['cn=,dc=lab', undefined],
    ['=x,dc=lab', undefined],
  ]
  for (const [dn, value] of table) {
    it(`of ${dn === '' ? 'nothing' : dn} is ${JSON.stringify(value)}`, () => {
      expect(firstRdnValue(dn)).to.equal(value)
    })
  }
})
