import { expect } from 'chai'
import { realmOf } from '../../../../provider/signin/realm.ts'

describe('realm of a user name', () => {
  const corp = { name: 'corp', suffixes: ['corp.example', 'Mail.Example'], default: false }
  const lab = { name: 'lab', suffixes: ['lab.example'], default: false }
  const rest = { name: 'rest', suffixes: [], default: true }

  it('is the one with its suffix, whatever the case', () => {
    expect(realmOf('alice@corp.example', [corp, lab])).to.equal('corp')
    expect(realmOf('ALICE@LAB.EXAMPLE', [corp, lab])).to.equal('lab')
    expect(realmOf('alice@mail.example', [corp, lab])).to.equal('corp')
  })

  it('goes by what comes after the last @', () => {
    expect(realmOf('alice@corp.example@lab.example', [corp, lab])).to.equal('lab')
  })

  it('takes the whole suffix, not its end or its beginning', () => {
    expect(realmOf('alice@not-corp.example', [corp])).to.equal(undefined)
    expect(realmOf('alice@corp.example.evil.example', [corp])).to.equal(undefined)
    expect(realmOf('corp.example', [corp])).to.equal(undefined)
  })

  it('is the default one for a name without a suffix, and for one that nobody has', () => {
    expect(realmOf('alice', [corp, rest])).to.equal('rest')
    expect(realmOf('alice@elsewhere.example', [rest, corp])).to.equal('rest')
    expect(realmOf('alice@', [rest, corp])).to.equal('rest')
    expect(realmOf('alice@corp.example', [rest, corp])).to.equal('corp')
  })

  describe('with a domain before a backslash', () => {
    const north = { name: 'north', suffixes: ['north.example'], netbiosNames: ['NORTH', 'Old'] }
    const south = { name: 'south', suffixes: [], netbiosNames: ['SOUTH'], default: false }
    const realms = [{ ...north, default: false }, south, rest]

    it('is the one with that domain, whatever the case', () => {
      expect(realmOf('NORTH\\alice', realms)).to.equal('north')
      expect(realmOf('south\\alice', realms)).to.equal('south')
      expect(realmOf('OLD\\alice', realms)).to.equal('north')
    })

    it('is the default one, or none, if nobody has the domain or nothing is before or after it', () => {
      for (const name of ['EAST\\alice', '\\alice', 'NORTH\\', 'NORTH\\a\\b', 'NORTH']) {
        expect(realmOf(name, realms), name).to.equal('rest')
      }
      expect(realmOf('EAST\\alice', [south])).to.equal(undefined)
    })

    it('goes by the suffix where there is one, too', () => {
      expect(realmOf('SOUTH\\alice@north.example', realms)).to.equal('north')
      expect(realmOf('SOUTH\\alice@elsewhere.example', realms)).to.equal('rest')
    })

    it('is not found by a suffix in place of a domain, nor the other way round', () => {
      expect(realmOf('north.example\\alice', realms)).to.equal('rest')
      expect(realmOf('alice@NORTH', realms)).to.equal('rest')
    })
  })

  it('is none if there is no default one', () => {
    expect(realmOf('alice', [corp, lab])).to.equal(undefined)
    expect(realmOf('alice@elsewhere.example', [corp, lab])).to.equal(undefined)
    expect(realmOf('alice', [])).to.equal(undefined)
  })
})
