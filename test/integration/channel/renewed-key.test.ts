import { expect } from 'chai'
import { createCurrentIdentity } from '../../../agent/identity/current-identity.ts'
import type { StoredIdentity } from '../../../agent/identity/stored-identity.ts'
import { readCertificate } from '../../../shared/certificate.ts'
import { systemClock } from '../../../shared/clock.ts'
import { streams } from '../../../shared/keys.ts'
import type { CertifiedAgent } from '../../support/certify.ts'
import { type Channel, openChannel, yes } from '../../support/channel.ts'
import { eventually } from '../../support/eventually.ts'

async function stored(of: CertifiedAgent, channel: Channel): Promise<StoredIdentity> {
  return {
    key: of.key,
    certificate: await readCertificate(of.certificate),
    certificatePem: of.certificate,
    issuer: 'https://id.example',
    providerKeys: channel.providerKeys,
  }
}

describe('an agent that takes another key', function () {
  this.timeout(20_000)

  it('is believed in what it was asked before, during and after it', async () => {
    await using channel = await openChannel(['a'])
    const before = channel.certified('a')
    const identity = createCurrentIdentity(await stored(before, channel), systemClock)
    const open: (() => void)[] = []
    let isHeld = false
    const directory = async () => {
      if (isHeld) await new Promise<void>((resolve) => open.push(resolve))
      return yes
    }
    await channel.startAgent('a', directory, { identity })
    await eventually(async () => (await channel.ask()).outcome.name === 'ok')

    isHeld = true
    const asked = [channel.ask()]
    await eventually(() => open.length === 1)
    const after = await stored(await before.renewed(), channel)
    identity.use(after)
    // Until its next heartbeat the provider knows the old key alone.
    asked.push(channel.ask())
    await eventually(() => open.length === 2)
    isHeld = false
    for (const answer of open) answer()
    for (const one of asked) expect((await one).outcome).to.deep.equal(yes.outcome)

    let saidByNew = 0
    const newest = identity.certificate()
    channel.bus.follow(streams.heartbeats, { backlog: 0, onError: () => {} }, (entry) => {
      if (entry['certificate'] === newest) saidByNew += 1
    })
    const outcomes: unknown[] = []
    await eventually(async () => {
      const known = saidByNew >= 2
      outcomes.push((await channel.ask()).outcome)
      return known
    })
    for (const outcome of outcomes) expect(outcome).to.deep.equal(yes.outcome)
    expect(channel.logged()).not.to.contain('a verdict was refused')
  })
})
