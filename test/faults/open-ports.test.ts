import { expect } from 'chai'
import { listeningOn, socketsOf } from '../support/listening-ports.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

describe('an agent that runs', function () {
  this.timeout(20_000)
  let system: System
  before(async () => {
    system = await startSystem()
  })
  after(() => system?.[Symbol.asyncDispose]())

  it('listens on nothing, while it answers and afterwards', async () => {
    const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    const agent = system.agents[0]?.pid ?? -1
    const signIns = Array.from({ length: 5 }, () =>
      app.signIn('ok@lab.test', system.directory.password),
    )
    expect(listeningOn(agent)).to.deep.equal([])
    for (const { kind } of await Promise.all(signIns)) expect(kind).to.equal('tokens')
    expect(listeningOn(agent)).to.deep.equal([])
    expect(socketsOf(agent), 'to Redis and the directory').to.have.length.above(2)
  })

  it('differs in that from the provider, which has its one port', () => {
    const port = Number(new URL(system.issuer).port)
    const hexadecimal = port.toString(16).toUpperCase().padStart(4, '0')
    const ports = listeningOn(system.provider.pid)
    expect(ports).to.have.length(1)
    expect(ports[0]).to.match(new RegExp(`^tcp6? [0-9A-F]+:${hexadecimal}$`))
  })
})
