import { randomBytes } from 'node:crypto'
import { expect } from 'chai'
import jose from 'node-jose'
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
    const session = sessionKey(secret())
    const text = '{"password":"Pässwörd-密码-1"}'
    expect(await open(await seal(text, binding, session), binding, session)).to.equal(text)
  })

  it('does not open with another session key', async () => {
    const sealed = await seal('{}', binding, sessionKey(secret()))
    await expectFault(open(sealed, binding, sessionKey(secret())), 'forgedMessage')
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
      const session = sessionKey(secret())
      const sealed = await seal('{}', binding, session)
      await expectFault(open(sealed, other, session), 'forgedMessage')
    })
  }

  it('does not open when its header was rewritten to fit', async () => {
    const session = sessionKey(secret())
    const [header = '', ...rest] = (await seal('{}', binding, session)).split('.')
    const text = Buffer.from(header, 'base64url').toString().replace('"q1"', '"q2"')
    const rewritten = [Buffer.from(text).toString('base64url'), ...rest].join('.')
    await expectFault(open(rewritten, { ...binding, id: 'q2' }, session), 'forgedMessage')
  })

  it('hides the length of a password, and whether a verdict is yes or no', async () => {
    const session = sessionKey(secret())
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

  it('is a JWE, opened and made by any library for them', async () => {
    const k = secret()
    const key = await jose.JWK.asKey({ kty: 'oct', k })
    const sealed = await seal('{"a":1}', binding, sessionKey(k))
    const opened = await jose.JWE.createDecrypt(key).decrypt(sealed)
    expect(opened.header).to.include({ alg: 'dir', enc: 'A256GCM', typ: binding.type, id: 'q1' })
    expect(opened.payload.toString().trimEnd()).to.equal('{"a":1}')
    const made = await madeByLibrary(k, opened.header)
    expect(await open(made, binding, sessionKey(k))).to.equal('{"a":2}')
  })

  it('does not open with a header field that nobody expects', async () => {
    const k = secret()
    const { type: typ, ...rest } = binding
    const header = { ...rest, typ, alg: 'dir', enc: 'A256GCM' }
    expect(await open(await madeByLibrary(k, header), binding, sessionKey(k))).to.equal('{"a":2}')
    for (const more of [{ crit: ['b64'] }, { zip: 'DEF' }, { cty: 'JWT' }]) {
      const made = await madeByLibrary(k, { ...header, ...more })
      await expectFault(open(made, binding, sessionKey(k)), 'forgedMessage')
    }
  })

  it('does not open with a part of its tag', async () => {
    const session = sessionKey(secret())
    const sealed = await seal('{}', binding, session)
    const tag = Buffer.from(sealed.split('.').at(-1) ?? '', 'base64url')
    for (const length of [0, 4, 12, 15]) {
      const short = tag.subarray(0, length).toString('base64url')
      const made = [...sealed.split('.').slice(0, -1), short].join('.')
      await expectFault(open(made, binding, session), 'forgedMessage')
    }
  })

  it('never seals the same text to the same bytes', async () => {
    const session = sessionKey(secret())
    expect(await seal('{}', binding, session)).not.to.equal(await seal('{}', binding, session))
  })
})

async function madeByLibrary(k: string, header: object): Promise<string> {
  const key = await jose.JWK.asKey({ kty: 'oct', k })
  const recipient = { key, reference: false } as unknown as typeof key
  const options = { format: 'compact', contentAlg: 'A256GCM', fields: header } as const
  return jose.JWE.createEncrypt(options, recipient).update(Buffer.from('{"a":2}')).final()
}
