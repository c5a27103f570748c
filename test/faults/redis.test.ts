import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { linesAbout } from '../support/logged.ts'
import { openRedis } from '../support/open-redis.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

describe('when Redis fails', () => {
  let system: System
  let app: RelyingParty
  before(async () => {
    system = await startSystem()
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  after(() => system[Symbol.asyncDispose]())

  const signIn = () => app.signIn('ok@lab.test', system.directory.password)
  const worksAgain = () =>
    eventually(async () => (await signIn()).kind === 'tokens', { within: 20_000 })

  async function expectSorry(): Promise<void> {
    const result = await signIn()
    if (result.kind !== 'page') throw new Error('signed in')
    expect(result.status).to.equal(503)
    expect(result.text).to.contain('Something went wrong on our side')
    expect(result.text).not.to.contain('not right')
    await eventually(() => {
      const lines = linesAbout(result.reference, system.provider.output())
      expect(lines.map(({ faultCode }) => faultCode)).to.include('PST-902')
    })
  }

  it('says so in a plain sentence with a number, and recovers from a crash', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    await system.redis.kill()
    await expectSorry()
    await system.redis.restart()
    await worksAgain()
  }).timeout(40_000)

  it('says so within seconds of a Redis that accepts and never answers, and recovers', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    system.redis.pause()
    try {
      await expectSorry()
    } finally {
      system.redis.resume()
    }
    await worksAgain()
  }).timeout(40_000)

  it('goes on after everything in it was deleted', async () => {
    using client = openRedis(system)
    await client.redis.flushall()
    await worksAgain()
  }).timeout(30_000)
})
