import { expect } from 'chai'
import { personSignals } from '../../../../provider/access/person.ts'

describe('a person, as policies know them', () => {
  const corp = { name: 'corp', suffixes: ['corp.example', 'corp.test'], default: true }
  const lab = { name: 'lab', suffixes: ['lab.example'], default: false }
  const realms = [corp, lab]
  const namesOf = (sub: string, preferred_username: string) =>
    personSignals({ sub, claims: { preferred_username } }, realms).user

  it('has the full name that the directory gives, and the sub', () => {
    expect(namesOf('lab:1', 'ada@lab.example')).to.deep.equal(['ada@lab.example', 'lab:1'])
  })

  it('has each suffix of the realm, if the directory has short names', () => {
    expect(namesOf('lab:1', 'ada')).to.deep.equal(['ada@lab.example', 'lab:1'])
    const full = ['ada@corp.example', 'ada@corp.test']
    expect(namesOf('corp:1', 'ada')).to.deep.equal([...full, 'ada', 'corp:1'])
  })

  it('has no name that belongs to another realm, whatever its directory says', () => {
    expect(namesOf('lab:1', 'root@CORP.example')).to.equal(undefined)
    expect(namesOf('gone:1', 'ada')).to.equal(undefined)
  })

  it('has a name with a suffix that nobody owns', () => {
    expect(namesOf('corp:1', 'ada@old.example')).to.deep.equal(['ada@old.example', 'corp:1'])
  })

  it('is a break-glass account by the realm of the sub alone, whatever claims say', () => {
    const claims = { preferred_username: 'safe@break-glass', groups: ['break-glass'] }
    expect(personSignals({ sub: 'break-glass:1', claims }, realms)).to.include({ breakGlass: true })
    for (const sub of ['corp:1', 'corp:break-glass:1', 'break-glass-2:1']) {
      expect(personSignals({ sub, claims }, realms), sub).not.to.have.property('breakGlass')
    }
  })

  it('has groups and roles only if the directory says so, and mail addresses never count', () => {
    const claims = { groups: ['staff'], roles: 'admin', email: 'root@corp.example' }
    expect(personSignals({ sub: 'corp:1', claims }, realms)).to.deep.equal({
      groups: ['staff'],
      roles: ['admin'],
    })
    expect(personSignals({ sub: 'corp:1', claims: {} }, realms)).to.deep.equal({})
  })
})
