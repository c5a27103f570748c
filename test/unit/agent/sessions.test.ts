import { expect } from 'chai'
import { createPrekeys } from '../../../agent/prekeys.ts'
import { createSessions } from '../../../agent/sessions.ts'
import { createIdentity, signingKey, verifyingKey } from '../../../shared/envelope-keys.ts'
import { sealSession } from '../../../shared/envelope-session.ts'
import { expectFault } from '../../support/rejection.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

const minute = 60_000

async function start() {
  const clock = stoppedClock()
  const prekeys = await createPrekeys({ clock })
  const identity = await createIdentity()
  const channelKey = await signingKey(identity.privatePem)
  const provider = await verifyingKey(identity.publicKey)
  const grant = (lifetime: number) => {
    const at = clock.now()
    const said = { agent: 'a', instance: 'p', key: 'k'.repeat(43), at, expires: at + lifetime }
    return sealSession({ v: 1, ...said }, prekeys.newest().public, channelKey)
  }
  // A new one each time: what was not remembered.
  const open = (sealed: string) =>
    createSessions({ agent: 'a', clock, prekeys, providerKeys: () => [provider] })(sealed)
  return { clock, prekeys, grant, open }
}

describe('sessions', () => {
  it('open with the keys of the last two hours', async () => {
    const { clock, prekeys, grant, open } = await start()
    const sealed = await grant(300 * minute)
    clock.advance(119 * minute)
    await prekeys.renew()
    expect(await open(sealed)).to.include({ instance: 'p' })
  })

  it('of yesterday open with nothing the agent has left', async () => {
    const { clock, prekeys, grant, open } = await start()
    // One that would never end, so that it is the key and not the date that keeps it shut.
    const sealed = await grant(10_000 * minute)
    clock.advance(24 * 60 * minute)
    await prekeys.renew()
    expect(await open(sealed)).to.equal(undefined)
    clock.advance(1)
    expect(prekeys.held()).to.have.length(1)
  })

  it('are refused once they have ended', async () => {
    const { clock, grant, open } = await start()
    const sealed = await grant(5 * minute)
    clock.advance(5 * minute)
    await expectFault(open(sealed), 'forgedMessage')
  })
})
