import { expect } from 'chai'
import jose from 'node-jose'
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

  it('is a JWS, verified and made by any library for them', async () => {
    const { privatePem, publicKey } = await createIdentity()
    const jws = await sign('postern-verdict', '{"a":1}', await signingKey(privatePem))
    const der = Buffer.from(publicKey, 'base64')
    const verifier = jose.JWS.createVerify(await jose.JWK.asKey(der, 'spki'))
    const verified = await verifier.verify(jws)
    expect(verified.header).to.deep.equal({ typ: 'postern-verdict', alg: 'ES256' })
    expect(verified.payload.toString()).to.equal('{"a":1}')
    const made = await madeByLibrary(privatePem, { typ: 'postern-verdict' })
    expect(await verify('postern-verdict', made, await verifyingKey(publicKey))).to.equal('{"a":2}')
  })

  it('does not verify with a header field that nobody expects', async () => {
    const { privatePem, publicKey } = await createIdentity()
    for (const more of [{ crit: ['b64'], b64: false }, { kid: 'other' }]) {
      const made = await madeByLibrary(privatePem, { typ: 'postern-verdict', ...more })
      await expectFault(
        verify('postern-verdict', made, await verifyingKey(publicKey)),
        'forgedMessage',
      )
    }
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

async function madeByLibrary(privatePem: string, header: object): Promise<string> {
  const key = await jose.JWK.asKey(privatePem, 'pem')
  const signatory = { key, reference: false } as unknown as typeof key
  const options = { format: 'compact', alg: 'ES256', fields: header } as const
  const signer = jose.JWS.createSign(options, signatory)
  return (await signer.update('{"a":2}', 'utf8').final()) as unknown as string
}
