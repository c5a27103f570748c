import { expect } from 'chai'
import { makeCanary } from '../../../../provider/broker/canary.ts'
import { seededChoice } from '../../../support/seeded-choice.ts'

const corp = { name: 'corp', suffixes: ['corp.example'] }
const many = (canaries: { names: string[]; patterns?: string[] }, count = 200) => {
  const choose = seededChoice('canaries')
  return Array.from({ length: count }, () => makeCanary({ ...corp, canaries }, choose))
}

describe('a canary', () => {
  it('has a made-up name if none is set aside', () => {
    for (const canary of many({ names: [] })) {
      expect(canary).to.include({ kind: 'madeUp' })
      expect(canary?.username).to.match(/^[a-z]+\.[a-z]+@corp\.example$/)
    }
  })

  it('has one of the names that are set aside, and no other, if none is to be made up', () => {
    const names = ['kim.fell@corp.example', 'rob.gale@corp.example']
    const found = many({ names, patterns: [] })
    expect(new Set(found.map((one) => one?.username))).to.deep.equal(new Set(names))
    expect(new Set(found.map((one) => one?.kind))).to.deep.equal(new Set(['setAside']))
  })

  it('has about as often the one as the other if there are both', () => {
    const found = many({ names: ['kim.fell@corp.example'] }, 400)
    expect(found.filter((one) => one?.kind === 'setAside').length).to.be.within(150, 250)
  })

  it('is not to be had without names', () => {
    expect(many({ names: [], patterns: [] }, 1)).to.deep.equal([undefined])
  })

  it('has another password each time, also for the same name', () => {
    const passwords = many({ names: ['kim'], patterns: [] }).map((one) => one?.password)
    expect(new Set(passwords).size).to.be.above(195)
  })
})
