import { expect } from 'chai'
import { guidText, sidText } from '../../../../agent/backends/active-directory-ids.ts'

describe('ids of Active Directory', () => {
  it('are written as Windows writes them', () => {
    const guid = Buffer.from('cd5be36468d11b46ab2d1e2a6e5e1d3c', 'hex')
    expect(guidText(guid)).to.equal('64e35bcd-d168-461b-ab2d-1e2a6e5e1d3c')
    const sid = Buffer.from('010500000000000515000000a065cf7e784b9b5fe77c8770f4010000', 'hex')
    expect(sidText(sid)).to.equal('S-1-5-21-2127521184-1604012920-1887927527-500')
    expect(sidText(Buffer.from('01020000000000052000000020020000', 'hex'))).to.equal('S-1-5-32-544')
  })

  it('are none if they have another length', () => {
    expect(guidText(Buffer.alloc(15))).to.equal(undefined)
    expect(sidText(Buffer.from('0105000000000005', 'hex'))).to.equal(undefined)
    expect(sidText(Buffer.alloc(0))).to.equal(undefined)
  })
})
