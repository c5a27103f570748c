import { expect } from 'chai'
import { createGathering } from '../../../shared/gathering.ts'
import { eventually } from '../../support/eventually.ts'

/** Notes what is written, and gives back what the test refuses. */
function setUp() {
  const written: (readonly number[])[] = []
  const state = { isDown: false }
  const gathering = createGathering<number>(async (items) => {
    if (state.isDown) return items
    written.push(items)
    return []
  })
  return { written, state, gathering }
}

describe('gathered writes', () => {
  it('are one write a second later, in order', async () => {
    const { gathering, written } = setUp()
    for (const item of [1, 2, 3]) gathering.add(item)
    expect(written).to.deep.equal([])
    await eventually(() => written.length > 0)
    expect(written).to.deep.equal([[1, 2, 3]])
  })

  it('are written at once when somebody wants to read them, and at the end', async () => {
    const { gathering, written } = setUp()
    gathering.add(1)
    await gathering.flush()
    gathering.add(2)
    await gathering.stop()
    expect(written).to.deep.equal([[1], [2]])
  })

  it('are not made if there is nothing to write', async () => {
    const { gathering, written } = setUp()
    await gathering.flush()
    await gathering.stop()
    expect(written).to.deep.equal([])
  })

  it('are tried again by themselves until they succeed', async () => {
    const { gathering, state, written } = setUp()
    state.isDown = true
    gathering.add(1)
    await gathering.flush()
    state.isDown = false
    await eventually(() => written.length > 0)
    expect(written).to.deep.equal([[1]])
  })

  it('are the newest ten thousand, if they have to wait', async () => {
    const { gathering, state, written } = setUp()
    state.isDown = true
    for (let item = 0; item < 10_005; item += 1) gathering.add(item)
    await gathering.flush()
    state.isDown = false
    await gathering.stop()
    const [items = []] = written
    expect([items.length, items[0], items.at(-1)]).to.deep.equal([10_000, 5, 10_004])
  })
})
