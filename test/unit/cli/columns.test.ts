import { expect } from 'chai'
import { columns } from '../../../cli/columns.ts'

describe('columns', () => {
  it('stand below each other, without spaces at the end of a line', () => {
    const rows = [['alice', 'x', 'works'], ['bo', 'longer'], ['c']]
    expect(columns(rows)).to.equal('  alice  x       works\n  bo     longer\n  c')
  })

  it('of nothing are nothing', () => {
    expect(columns([])).to.equal('')
  })
})
