import { expect } from 'chai'
import {
  createIdentity,
  createPrekey,
  signingKey,
  verifyingKey,
} from '../../../shared/envelope-keys.ts'
import { openSession, sealSession } from '../../../shared/envelope-session.ts'
import type { SessionGrant } from '../../../shared/wire.ts'
import { expectFault } from '../../support/rejection.ts'

const grant: SessionGrant = {
  v: 1,
  agent: 'a',
  instance: 'p',
  key: 'k'.repeat(43),
  at: 1,
  expires: 2,
}

async function identity() {
  const { privatePem, publicKey } = await createIdentity()
  return { private: await signingKey(privatePem), public: await verifyingKey(publicKey) }
}

describe('session grant', () => {
  it('opens with the prekey it was sealed to, under the signature of the provider', async () => {
    const provider = await identity()
    const [older, newer] = await Promise.all([createPrekey('1'), createPrekey('2')])
    const sealed = await sealSession(grant, older.public, provider.private)
    expect(await openSession(sealed, [newer, older], [provider.public])).to.deep.equal(grant)
  })

  it('is undefined when its prekey is gone', async () => {
    const provider = await identity()
    const [gone, held] = await Promise.all([createPrekey('1'), createPrekey('2')])
    const sealed = await sealSession(grant, gone.public, provider.private)
    expect(await openSession(sealed, [held], [provider.public])).to.equal(undefined)
  })

  it('is refused when anyone but the provider signed it', async () => {
    const [provider, stranger] = await Promise.all([identity(), identity()])
    const prekey = await createPrekey('1')
    const sealed = await sealSession(grant, prekey.public, stranger.private)
    await expectFault(openSession(sealed, [prekey], [provider.public]), 'forgedMessage')
  })

  it('is refused when a stranger uses the name of the prekey', async () => {
    const provider = await identity()
    const [own, strangers] = await Promise.all([createPrekey('1'), createPrekey('1')])
    const sealed = await sealSession(grant, strangers.public, provider.private)
    await expectFault(openSession(sealed, [own], [provider.public]), 'forgedMessage')
  })
})
