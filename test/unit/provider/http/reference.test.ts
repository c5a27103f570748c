import { expect } from 'chai'
import { createReference } from '../../../../provider/http/reference.ts'
import { systemClock } from '../../../../shared/clock.ts'

describe('reference', () => {
  it('has three groups of three, without letters that are easily mistaken', () => {
    for (let time = 0; time < 200; time++) {
      expect(createReference(systemClock)).to.match(
        /^[0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{3}){2}$/,
      )
    }
  })

  it('is another one each time', () => {
    const many = Array.from({ length: 1000 }, () => createReference(systemClock))
    expect(new Set(many).size).to.equal(1000)
  })

  it('uses every character, each for as many bytes as any other', () => {
    const counts = new Map<string, number>()
    for (let byte = 0; byte < 256; byte++) {
      const clock = { now: () => 0, randomBytes: (size: number) => Buffer.alloc(size, byte) }
      const first = createReference(clock).charAt(0)
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    expect([...counts.values()]).to.deep.equal(Array.from({ length: 32 }, () => 8))
  })
})
