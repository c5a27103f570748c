import { expect } from 'chai'
import { seen } from '../../../../provider/agents/check-networks.ts'
import { connectionsIn } from '../../../../shared/redis/agent-users.ts'

describe('where an agent comes from', () => {
  it('is where it was, as long as it is there as well', () => {
    const record = { networks: [], lastAddress: '10.0.0.2' }
    expect(seen(record, ['10.0.0.1', '10.0.0.2'])).to.deep.equal({ lastAddress: '10.0.0.2' })
    expect(seen(record, ['10.0.0.1'])).to.deep.equal({ lastAddress: '10.0.0.1' })
  })

  it('is foreign as soon as one of its addresses is', () => {
    const record = { networks: ['10.0.0.0/8'], lastAddress: '10.0.0.2' }
    expect(seen(record, ['10.0.0.2', '192.0.2.7'])).to.deep.equal({
      foreign: '192.0.2.7',
      lastAddress: '192.0.2.7',
    })
  })

  it('is read from the list that Redis gives, in which others stand as well', () => {
    const list = [
      'id=3 addr=127.0.0.2:35607 laddr=127.0.0.1:6379 fd=7 name= age=0 user=agent-corp-1 resp=3',
      'id=4 addr=[2001:db8::7]:35608 laddr=127.0.0.1:6379 name=postern:x user=agent-corp-2 resp=3',
      'id=5 addr=127.0.0.1:35609 laddr=127.0.0.1:6379 name=user=agent-x user=default resp=3',
      'id=6 addr=127.0.0.1:35610 laddr=127.0.0.1:6379 name= user=Agent-7 resp=3',
      '',
    ]
    expect(connectionsIn(list.join('\n'))).to.deep.equal([
      { agent: 'corp-1', address: '127.0.0.2' },
      { agent: 'corp-2', address: '2001:db8::7' },
    ])
  })
})
