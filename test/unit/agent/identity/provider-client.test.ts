import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { createProviderClient } from '../../../../agent/identity/provider-client.ts'
import { systemClock } from '../../../../shared/clock.ts'
import {
  decodeRenewalProof,
  decodeRenewRequest,
  type EnrolmentAnswer,
  invitationCode,
  type RenewalProof,
} from '../../../../shared/enrolment.ts'
import { createIdentity, type SigningKey, signingKey } from '../../../../shared/envelope-keys.ts'
import { type SignedType, sign } from '../../../../shared/envelope-signature.ts'
import {
  type AnsweringProvider,
  createAnsweringProvider,
} from '../../../support/enrolled-identity.ts'
import { expectFault } from '../../../support/rejection.ts'

/** Whoever can read and change what goes over TLS, such as a proxy that many hosts trust. */
describe('what an agent is answered over HTTPS', () => {
  let provider: AnsweringProvider
  let server: Server
  let issuer: string
  let respond: (body: string) => Promise<{ status: number; type?: string; body: string }>
  before(async () => {
    provider = await createAnsweringProvider(systemClock)
    server = createServer((request, response) => {
      void (async () => {
        let body = ''
        for await (const piece of request.setEncoding('utf8')) body += String(piece)
        const answer = await respond(body)
        response.writeHead(answer.status, { 'content-type': answer.type ?? 'application/json' })
        response.end(answer.body)
      })()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  after(async () => {
    server.close()
    await once(server, 'close')
  })

  const client = () => createProviderClient({ issuer, clock: systemClock })

  function proofIn(body: string): RenewalProof {
    const [, payload = ''] = decodeRenewRequest(body).proof.split('.')
    return decodeRenewalProof(Buffer.from(payload, 'base64url').toString('utf8'))
  }

  /** Renews, with the answer as somebody on the way has made it. */
  async function renew(
    change: (answer: EnrolmentAnswer) => EnrolmentAnswer = (answer) => answer,
    by: { key?: SigningKey; type?: SignedType } = {},
  ) {
    const { stored } = await provider.enrol(['corp'])
    respond = async (body) => {
      const answer = change(provider.answer(stored, { nonce: proofIn(body).nonce }))
      const { key = provider.channelKey, type = 'postern-enrolment-answer' } = by
      const signed = await sign(type, JSON.stringify(answer), key)
      return { status: 200, body: JSON.stringify({ v: 1, answer: signed }) }
    }
    return client().renew(stored)
  }

  it('is believed when the provider has signed it', async () => {
    expect(await renew()).to.deep.include({ kind: 'answer' })
  })

  it('is refused when somebody else has signed it', async () => {
    const key = await signingKey((await createIdentity()).privatePem)
    await expectFault(renew(undefined, { key }), 'forgedMessage')
    const change = (answer: EnrolmentAnswer) => ({ ...answer, providerKeys: [key.publicKey] })
    await expectFault(renew(change, { key }), 'forgedMessage')
  })

  it('is refused when it was signed as something else', async () => {
    await expectFault(renew(undefined, { type: 'postern-session' }), 'forgedMessage')
  })

  it('is refused when it answers another question, as an old one does', async () => {
    await expectFault(
      renew((answer) => ({ ...answer, nonce: 'of yesterday' })),
      'forgedMessage',
    )
    const older = (answer: EnrolmentAnswer) => ({ ...answer, nonce: '0' })
    await expectFault(renew(older), 'forgedMessage')
  })

  it('is refused when it is about another agent or enrolment', async () => {
    await expectFault(
      renew((answer) => ({ ...answer, agent: 'corp-2' })),
      'forgedMessage',
    )
    await expectFault(
      renew((answer) => ({ ...answer, enrolment: 'f'.repeat(32) })),
      'forgedMessage',
    )
  })

  it('is a refusal with its words, when it is one', async () => {
    const { stored } = await provider.enrol(['corp'])
    const refusal = { error: 'clock', message: 'Your clock is off.' }
    respond = async () => ({ status: 403, body: JSON.stringify(refusal) })
    expect(await client().renew(stored)).to.deep.equal({ kind: 'refusal', ...refusal })
  })

  it('is nothing to believe when something else answers', async () => {
    const { stored } = await provider.enrol(['corp'])
    respond = async () => ({ status: 200, type: 'text/html', body: '<h1>Welcome</h1>' })
    const { message } = await expectFault(client().renew(stored), 'badMessage')
    expect(message).to.contain(`${issuer} answered 200 where a provider would not`)
    respond = async () => ({ status: 302, type: 'text/html', body: '' })
    await expectFault(client().renew(stored), 'badMessage')
  })

  it('says that nobody is there', async () => {
    const { stored } = await provider.enrol(['corp'])
    const nowhere = createProviderClient({ issuer: 'http://127.0.0.1:1', clock: systemClock })
    await expectFault(nowhere.renew(stored), 'webDown')
  })

  describe('at the enrolment', () => {
    async function enrol(answeredBy: SigningKey, vouchedFor: string) {
      const { stored, request } = await provider.enrol([])
      respond = async () => {
        const plain = provider.answer(stored, { state: 'pending' })
        const answer = { ...plain, providerKeys: [answeredBy.publicKey] }
        const signed = await sign('postern-enrolment-answer', JSON.stringify(answer), answeredBy)
        return { status: 201, body: JSON.stringify({ v: 1, answer: signed }) }
      }
      return client().enrol(invitationCode('secret', vouchedFor), request, 'host')
    }

    it('is believed when the code vouches for the key that has signed it', async () => {
      const said = await enrol(provider.channelKey, provider.channelKey.publicKey)
      expect(said).to.deep.include({ kind: 'answer' })
    })

    it('is refused when the code vouches for another: something reads TLS on the way', async () => {
      const planted = await signingKey((await createIdentity()).privatePem)
      const fault = await expectFault(
        enrol(planted, provider.channelKey.publicKey),
        'forgedMessage',
      )
      expect(fault.message).to.contain('does something read TLS on the way?')
    })
  })
})
