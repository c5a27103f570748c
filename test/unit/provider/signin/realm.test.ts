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

  it('is none if there is no default one', () => {
    expect(realmOf('alice', [corp, lab])).to.equal(undefined)
    expect(realmOf('alice@elsewhere.example', [corp, lab])).to.equal(undefined)
    expect(realmOf('alice', [])).to.equal(undefined)
  })
})
