import { expect } from 'chai'
import { eventually } from '../support/eventually.ts'
import { linesAbout } from '../support/logged.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

describe('when the directory fails', () => {
  let system: System
  let app: RelyingParty
  before(async () => {
    system = await startSystem()
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  after(() => system[Symbol.asyncDispose]())

  const signIn = (password = system.directory.password) => app.signIn('ok@lab.test', password)

  /** The person's page and the log say the same, under one number, and nobody speaks of a password. */
  async function expectUnavailable(code: string): Promise<void> {
    const result = await signIn()
    if (result.kind !== 'page') throw new Error('signed in')
    expect(result.text).to.contain('does not mean that it is wrong')
    expect(result.text).not.to.contain('not right')
    expect(result.reference).to.be.a('string')
    await eventually(() => {
      const lines = linesAbout(result.reference, system.provider.output())
      expect(lines.map(({ outcomeCode }) => outcomeCode)).to.include(code)
      expect(linesAbout(result.reference, system.logged('agent-1'))).not.to.have.length(0)
    })
  }

  it('tells a crash apart, and recovers when it is back', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    await system.directory.kill()
    await expectUnavailable('PST-204')
    await system.directory.restart()
    await eventually(async () => (await signIn()).kind === 'tokens', { within: 15_000 })
  }).timeout(30_000)

  it('tells a directory apart that accepts and never answers, and recovers', async () => {
    expect((await signIn()).kind).to.equal('tokens')
    system.directory.pause()
    try {
      await expectUnavailable('PST-205')
    } finally {
      system.directory.resume()
    }
    await eventually(async () => (await signIn()).kind === 'tokens', { within: 15_000 })
  }).timeout(40_000)

  it('still calls a wrong password wrong', async () => {
    const result = await signIn('not the password')
    if (result.kind !== 'page') throw new Error('signed in')
    expect(result.text).to.contain('The user name or password is not right')
  })
})
