import { expect } from 'chai'
import { createUserFilter } from '../../../../agent/backends/ldap-filter.ts'
import { Fault } from '../../../../shared/fault.ts'

describe('ldap user filter', () => {
  const byUid = createUserFilter('(uid={localName})')
  const named = (name: string) => ({ username: `${name}@lab.test`, localName: name })

  it('puts both names where they belong, as often as they are asked for', () => {
    const filter = createUserFilter(
      '(&(objectClass=person)(|(uid={localName})(mail={username})(cn={localName})))',
    )
    expect(filter(named('alice')).toString()).to.equal(
      '(&(objectClass=person)(|(uid=alice)(mail=alice@lab.test)(cn=alice)))',
    )
  })

  const hostile: readonly [typed: string, written: string][] = [
    ['*', '(uid=\\2a)'],
    ['a*', '(uid=a\\2a)'],
    ['x)(uid=*', '(uid=x\\29\\28uid=\\2a)'],
    ['\\2a', '(uid=\\5c2a)'],
    ['\\', '(uid=\\5c)'],
    ['\0', '(uid=\\00)'],
    ['{username}', '(uid={username})'],
    ['$&', '(uid=$&)'],
    ['', '(uid=)'],
  ]
  for (const [typed, written] of hostile) {
    it(`takes ${JSON.stringify(typed)} for plain text`, () => {
      const filter = byUid(named(typed))
      expect(filter.constructor.name).to.equal('EqualityFilter')
      expect(filter).to.include({ attribute: 'uid', value: typed })
      expect(filter.toString()).to.equal(written)
    })
  }

  it('leaves letters of any alphabet as they are', () => {
    expect(byUid(named('zoë 山田'))).to.include({ value: 'zoë 山田' })
  })

  it('is a fault of the settings if the template is no filter', () => {
    for (const template of [
      '(uid={localName}',
      'uid={localName})(x',
      '(&{localName})',
      '(uid~{localName})',
    ]) {
      expect(() => createUserFilter(template), template).to.throw(Fault, /userFilter/)
    }
  })
})
