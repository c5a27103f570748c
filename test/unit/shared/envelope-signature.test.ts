import { expect } from 'chai'
import { createIdentity, signingKey, verifyingKey } from '../../../shared/envelope-keys.ts'
import { sign, verify } from '../../../shared/envelope-signature.ts'
import { expectFault } from '../../support/rejection.ts'

describe('signature', () => {
  it('verifies for what it was made', async () => {
    const { privatePem, publicKey } = await createIdentity()
    const jws = await sign('postern-verdict', '{"a":1}', await signingKey(privatePem))
    expect(await verify('postern-verdict', jws, await verifyingKey(publicKey))).to.equal('{"a":1}')
  })

  it('does not verify as something else by the same key', async () => {
    const { privatePem, publicKey } = await createIdentity()
    const jws = await sign('postern-heartbeat', '{}', await signingKey(privatePem))
    await expectFault(
      verify('postern-verdict', jws, await verifyingKey(publicKey)),
      'forgedMessage',
    )
  })

  it('does not verify for another key, with a changed payload, or as `none`', async () => {
    const { privatePem, publicKey } = await createIdentity()
    const other = await verifyingKey((await createIdentity()).publicKey)
    const own = await verifyingKey(publicKey)
    const jws = await sign('postern-verdict', '{"a":1}', await signingKey(privatePem))
    const [header = '', , signature = ''] = jws.split('.')
    const payload = Buffer.from('{"a":2}').toString('base64url')
    const none = Buffer.from('{"alg":"none","typ":"postern-verdict"}').toString('base64url')
    await expectFault(verify('postern-verdict', jws, other), 'forgedMessage')
    await expectFault(
      verify('postern-verdict', `${header}.${payload}.${signature}`, own),
      'forgedMessage',
    )
    await expectFault(verify('postern-verdict', `${none}.${payload}.`, own), 'forgedMessage')
    await expectFault(verify('postern-verdict', 'not a signature', own), 'forgedMessage')
  })

  it('is not taken with the public key as an HMAC secret', async () => {
    const { publicKey } = await createIdentity()
    const { createHmac } = await import('node:crypto')
    const header = Buffer.from('{"alg":"HS256","typ":"postern-verdict"}').toString('base64url')
    const body = `${header}.${Buffer.from('{}').toString('base64url')}`
    const mac = createHmac('sha256', Buffer.from(publicKey, 'base64')).update(body)
    const jws = `${body}.${mac.digest('base64url')}`
    await expectFault(
      verify('postern-verdict', jws, await verifyingKey(publicKey)),
      'forgedMessage',
    )
  })
})
