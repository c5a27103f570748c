import { expect } from 'chai'
import { noClients, withoutRepeats } from '../../../../../provider/oidc/clients/client-folder.ts'

const files = (...pairs: [string, string][]) =>
  new Map(pairs.map(([file, id]) => [file, { client_id: id }]))

describe('two files with one client_id', () => {
  it('are told apart by who had it before', () => {
    const before = files(['z.yaml', 'app'])
    const now = files(['a.yaml', 'app'], ['z.yaml', 'app'])

    const { clients, problems } = withoutRepeats(now, before)

    expect([...clients.keys()]).to.deep.equal(['z.yaml'])
    expect(problems).to.deep.equal([
      {
        file: 'a.yaml',
        line: 0,
        column: 0,
        path: 'client_id',
        message: 'z.yaml has this client_id',
      },
    ])
  })

  it('are told apart by name if both are new', () => {
    const { clients } = withoutRepeats(files(['b.yaml', 'app'], ['a.yaml', 'app']), noClients)

    expect([...clients.keys()]).to.deep.equal(['a.yaml'])
  })

  it('are not there when ids differ', () => {
    const now = files(['a.yaml', 'one'], ['b.yaml', 'two'])

    expect(withoutRepeats(now, noClients)).to.deep.equal({ clients: now, problems: [] })
  })
})
