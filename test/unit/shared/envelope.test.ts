import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import { type Binding, open, seal, sessionKey } from '../../../shared/envelope.ts'
import { expectFault } from '../../support/rejection.ts'

const secret = () => randomBytes(32).toString('base64url')
const binding: Binding = {
  type: 'postern-question',
  id: 'q1',
  agent: 'a',
  realm: 'corp',
  instance: 'p',
  expires: 1_000,
}

describe('envelope', () => {
  it('opens with the same key and binding', async () => {
    const session = await sessionKey(secret())
    const text = '{"password":"Pässwörd-密码-1"}'
    expect(await open(await seal(text, binding, session), binding, session)).to.equal(text)
  })

  it('does not open with another session key', async () => {
    const sealed = await seal('{}', binding, await sessionKey(secret()))
    await expectFault(open(sealed, binding, await sessionKey(secret())), 'forgedMessage')
  })

  const others: Binding[] = [
    { ...binding, id: 'q2' },
    { ...binding, agent: 'b' },
    { ...binding, realm: 'other' },
    { ...binding, instance: 'p2' },
    { ...binding, expires: 2_000 },
    { ...binding, type: 'postern-verdict' },
  ]
  for (const [index, other] of others.entries()) {
    const what = ['request', 'agent', 'realm', 'provider process', 'expiry', 'direction'][index]
    it(`does not open as one of another ${what}`, async () => {
      const session = await sessionKey(secret())
      const sealed = await seal('{}', binding, session)
      await expectFault(open(sealed, other, session), 'forgedMessage')
    })
  }

  it('does not open when its header was rewritten to fit', async () => {
    const session = await sessionKey(secret())
    const [header = '', ...rest] = (await seal('{}', binding, session)).split('.')
    const text = Buffer.from(header, 'base64url').toString().replace('"q1"', '"q2"')
    const rewritten = [Buffer.from(text).toString('base64url'), ...rest].join('.')
    await expectFault(open(rewritten, { ...binding, id: 'q2' }, session), 'forgedMessage')
  })

  it('hides the length of a password, and whether a verdict is yes or no', async () => {
    const session = await sessionKey(secret())
    const lengths = new Set<number>()
    for (const password of ['a', 'b'.repeat(200)]) {
      lengths.add((await seal(JSON.stringify({ password }), binding, session)).length)
    }
    expect(lengths.size).to.equal(1)
    const verdict = { ...binding, type: 'postern-verdict' } as const
    const no = await seal('n'.repeat(300), verdict, session)
    const yes = await seal('y'.repeat(1900), verdict, session)
    expect(no.length).to.equal(yes.length)
  })

  it('never seals the same text to the same bytes', async () => {
    const session = await sessionKey(secret())
    expect(await seal('{}', binding, session)).not.to.equal(await seal('{}', binding, session))
  })
})
