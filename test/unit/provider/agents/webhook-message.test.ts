import { expect } from 'chai'
import {
  webhookHeaders,
  webhookMessage,
  webhookSecret,
} from '../../../../provider/agents/webhook-message.ts'
import { webhookSettings } from '../../../../provider/agents/webhook-settings.ts'
import { Fault } from '../../../../shared/fault.ts'

const alert = { name: 'agentQuarantined', agent: 'dc1', detail: 'canary' } as const
const said = { at: Date.UTC(2026, 0, 1), occasion: 'e1 7' }

describe('what is posted for an alert', () => {
  it('says what happened, to whom and when', () => {
    expect(JSON.parse(webhookMessage(alert, said).body)).to.deep.equal({
      type: 'agentQuarantined',
      timestamp: '2026-01-01T00:00:00.000Z',
      data: {
        code: 'PST-401',
        title: 'an agent has been quarantined and is asked nothing any more',
        agent: 'dc1',
        detail: 'canary',
      },
    })
  })

  it('has one id for one occasion, whoever notices it, and another for another', () => {
    const { id } = webhookMessage(alert, said)
    expect(webhookMessage(alert, { ...said, at: said.at + 5 }).id).to.equal(id)
    expect(webhookMessage(alert, { ...said, occasion: 'e1 8' }).id).not.to.equal(id)
    expect(webhookMessage({ ...alert, name: 'agentRevoked' }, said).id).not.to.equal(id)
  })

  it('is signed as the example of the Standard Webhooks specification', () => {
    const message = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
    }
    const secret = webhookSecret('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
    expect(webhookHeaders(message, secret, 1_614_265_330_000)).to.deep.equal({
      'webhook-id': message.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
  })
})

describe("a webhook's secret", () => {
  it('is taken with its prefix and without', () => {
    const base64 = Buffer.alloc(32, 7).toString('base64')
    expect(webhookSecret(`whsec_${base64}`)).to.deep.equal(webhookSecret(base64))
  })

  it('must be base64 and neither short nor long', () => {
    for (const text of ['a secret', Buffer.alloc(23).toString('base64'), 'A'.repeat(100)]) {
      expect(() => webhookSecret(text), text).to.throw(Fault, 'openssl rand -base64 32')
    }
  })
})

describe('the address of a webhook', () => {
  const problem = (url: string) =>
    webhookSettings.safeParse({ url, secretFile: 's' }).error?.issues[0]?.message

  it('is https, or http on this machine', () => {
    expect(problem('https://hooks.corp.example/postern?x=1')).to.equal(undefined)
    expect(problem('http://127.0.0.1:9000/')).to.equal(undefined)
    expect(problem('http://hooks.corp.example/')).to.contain('https://')
    expect(problem('ftp://localhost/')).to.contain('https://')
  })

  it('has no password in it', () => {
    expect(problem('https://u:p@hooks.corp.example/')).to.contain('password')
  })
})
