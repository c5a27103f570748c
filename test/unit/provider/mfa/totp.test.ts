import { execFileSync } from 'node:child_process'
import { expect } from 'chai'
import { generateSync } from 'otplib'
import type { RegisteredFactor } from '../../../../provider/mfa/factor.ts'
import { createTotp } from '../../../../provider/mfa/totp.ts'
import { factorContract } from '../../../contracts/factor.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

const ada = { sub: 'corp:1', username: 'ada@corp.example' }
const noon = Date.UTC(2026, 0, 1, 12)

/** Another implementation than the one under test: oathtool of the OATH Toolkit. */
function oathtool(secret: string, at: number): string {
  const now = new Date(at).toISOString().replace('T', ' ').replace(/\..*/, ' UTC')
  return execFileSync('oathtool', ['--totp', '--base32', '--now', now, secret]).toString().trim()
}

const code = (text: string) => new Map([['code', text]])

describe('TOTP', () => {
  describe('as every factor', () => {
    factorContract(async () => {
      const clock = stoppedClock(noon)
      return {
        factor: createTotp({ issuer: 'Example', clock }),
        enrolmentForm: async ({ expected }) => code(oathtool(expected, clock.now())),
        proofForm: async (_, { data }) => code(oathtool(String(data['secret']), clock.now())),
        later: () => clock.advance(30_000),
        fields: ['code'],
      }
    })
  })

  let clock: StoppedClock
  beforeEach(() => {
    clock = stoppedClock(noon)
  })

  const device = (id: string, secret: string): RegisteredFactor => {
    const data = { secret, enrolledWith: 0 }
    return { id, method: 'totp', name: id, createdAt: 0, data }
  }
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const other = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP'

  async function verified(typed: string, registered = [device('telephone', secret)]) {
    const totp = createTotp({ issuer: 'Example', clock })
    const answer = { purpose: 'verify', person: ada, registered, expected: '' } as const
    return totp.verify({ ...answer, form: code(typed) })
  }
  const codeAt = (seconds: number) => oathtool(secret, clock.now() + seconds * 1000)

  // RFC 6238, appendix B, for SHA-1; six of its eight digits, as RFC 4226, section 5.3, cuts them.
  const vectors: readonly (readonly [number, string])[] = [
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ]
  for (const [seconds, digits] of vectors) {
    it(`takes the code of RFC 6238 at ${seconds} s`, async () => {
      clock = stoppedClock(seconds * 1000)
      expect(await verified(digits.slice(2))).to.have.property('proof')
      expect(generateSync({ secret, epoch: seconds, digits: 8 })).to.equal(digits)
    })
  }

  it('makes secrets of 160 bits, each another one', async () => {
    const totp = createTotp({ issuer: 'Example', clock })
    const asked = { purpose: 'enrol', person: ada, registered: [] } as const
    const [one, two] = [await totp.challenge(asked), await totp.challenge(asked)]
    expect(one.expected).to.match(/^[A-Z2-7]{32}$/)
    expect(one.expected).not.to.equal(two.expected)
  })

  it('shows the secret in groups of four, as a link and as a picture', async () => {
    const totp = createTotp({ issuer: 'Example: Ltd', clock })
    const challenge = { purpose: 'enrol', person: ada, registered: [] } as const
    const { shown, expected } = await totp.challenge(challenge)
    expect(shown['typed']).to.match(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
    expect(String(shown['typed']).replaceAll(' ', '')).to.equal(expected)
    const uri = new URL(String(shown['uri']))
    expect(uri.protocol + uri.host).to.equal('otpauth:totp')
    expect(decodeURIComponent(uri.pathname)).to.equal('/Example  Ltd:ada@corp.example')
    expect(uri.searchParams.get('issuer')).to.equal('Example  Ltd')
    expect(uri.searchParams.get('secret')).to.equal(expected)
    // The page's policy allows neither styles nor scripts nor pictures from elsewhere in it.
    expect(shown['picture']).to.match(/^<svg [^<>]*><path d="[^"<>]+"\/><\/svg>$/)
    expect(shown['picture']).not.to.match(/style|href|script|url\(/)
  })

  for (const seconds of [-30, 0, 30]) {
    it(`takes the code of ${seconds} s`, async () => {
      expect(await verified(codeAt(seconds))).to.have.nested.property('proof.factor.id')
    })
  }

  for (const seconds of [-600, -300, -60, 60, 300, 600]) {
    it(`says of the code of ${seconds} s that a clock is off, and lets nobody wait for it`, async () => {
      const result = await verified(codeAt(seconds))
      const step = (clock.now() / 1000 + seconds) / 30
      expect(result).to.have.property('refused', 'clockOff')
      expect(result).to.have.nested.property('once.name', `totp:telephone:${step}`)
      const ends = clock.now() / 1000 + seconds + 60
      const { once } = result as { once: { remember: number } }
      expect(clock.now() + once.remember).to.be.at.least(ends * 1000)
    })
  }

  it('says of the code of an hour ago that it is wrong', async () => {
    expect(await verified(codeAt(-3600))).to.deep.equal({ refused: 'wrong' })
  })

  it('knows which device it was', async () => {
    const two = [device('tablet', other), device('telephone', secret)]
    expect(await verified(codeAt(0), two)).to.have.nested.property('proof.factor.id', 'telephone')
  })

  it('does not take the code that a device was enrolled with', async () => {
    const step = clock.now() / 30_000
    const data = { secret, enrolledWith: step }
    const fresh = [{ ...device('telephone', secret), data }]
    expect(await verified(codeAt(0), fresh)).to.deep.equal({ refused: 'used' })
    expect(await verified(codeAt(30), fresh)).to.have.property('proof')
  })

  it('takes a code with a gap in it', async () => {
    expect(await verified(`${codeAt(0).slice(0, 3)} ${codeAt(0).slice(3)}`)).to.have.property(
      'proof',
    )
  })

  it('enrols with a code of now alone', async () => {
    const totp = createTotp({ issuer: 'Example', clock })
    const answer = { purpose: 'enrol', person: ada, registered: [], expected: secret } as const
    const enrol = (typed: string) => totp.enrol({ ...answer, form: code(typed) })
    expect(await enrol(codeAt(300))).to.deep.equal({ refused: 'clockOff' })
    expect(await enrol(oathtool(other, clock.now()))).to.deep.equal({ refused: 'wrong' })
    expect(await enrol('12345')).to.deep.equal({ refused: 'malformed' })
    expect(await enrol(codeAt(0))).to.have.nested.property('enrolled.data.secret', secret)
  })
})
