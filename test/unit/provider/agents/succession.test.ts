import { expect } from 'chai'
import { firstOf, succeed } from '../../../../provider/agents/succession.ts'

const certificate = (name: string, starts: number) => {
  return { publicKey: Buffer.from(name).toString('base64'), starts }
}
const first = certificate('first', 1)
const second = certificate('second', 2)
const third = certificate('third', 3)
const other = certificate('other', 3)

/** Shows each certificate, for the one after it. */
function line(...steps: [shown: typeof first, issued: typeof first][]) {
  return steps.reduce<ReturnType<typeof succeed>>(
    (known, [shown, issued]) => known && succeed(known, shown, issued),
    firstOf(first),
  )
}

describe('the line of an agent’s certificates', () => {
  it('goes on from the latest', () => {
    expect(line([first, second], [second, third], [third, third])).to.deep.equal(firstOf(third))
  })

  it('goes on from the one before as long as the latest was never shown', () => {
    expect(line([first, second], [first, third], [third, third])).to.deep.equal(firstOf(third))
    expect(line([first, second], [first, first], [second, third])).to.include(firstOf(third))
  })

  it('does not go on from the one before once the latest was shown', () => {
    expect(line([first, second], [second, second], [first, first])).to.equal(undefined)
    expect(line([first, second], [second, second], [first, third])).to.equal(undefined)
  })

  it('has no two branches', () => {
    expect(line([first, second], [first, third], [second, second])).to.equal(undefined)
    expect(line([first, second], [second, third], [first, other])).to.equal(undefined)
  })

  it('goes on from any that is newer than what is known, which has been lost', () => {
    expect(succeed(undefined, second, third)).to.include(firstOf(third))
    expect(succeed(firstOf(first), third, third)).to.deep.equal(firstOf(third))
    expect(succeed(firstOf(third), second, second)).to.equal(undefined)
  })
})
