import { expect } from 'chai'
import { type ShownMethod, shownMethod } from '../../../../provider/mfa/shown-method.ts'
import { strengthSettings } from '../../../../provider/mfa/strength-settings.ts'
import { amrOf, createStrengths } from '../../../../provider/mfa/strengths.ts'

const multifactor = 'multifactor'
const passwordless = 'passwordless'
const phishingResistant = 'phishingResistant'

describe('strengths of authentication', () => {
  const strengths = createStrengths([])

  const cases: readonly (readonly [readonly ShownMethod[], readonly string[]])[] = [
    [[], []],
    [['password'], []],
    [['totp'], []],
    [['recoveryCode'], []],
    [['temporaryAccessPass'], []],
    [['securityKey'], []],
    [['totp', 'recoveryCode'], []],
    [['password', 'totp'], [multifactor]],
    [['password', 'recoveryCode'], [multifactor]],
    [['password', 'temporaryAccessPass'], [multifactor]],
    [
      ['password', 'securityKey'],
      [multifactor, phishingResistant],
    ],
    [['passkey'], [multifactor, passwordless, phishingResistant]],
    [
      ['password', 'totp', 'passkey'],
      [multifactor, passwordless, phishingResistant],
    ],
  ]
  for (const [shown, met] of cases) {
    it(`are ${met.join(', ') || 'none'} for ${shown.join(' and ') || 'nothing'}`, () => {
      expect(strengths.met(shown)).to.deep.equal(met)
    })
  }

  it('can be of one’s own, which stand between the weakest and the strongest', () => {
    const own = createStrengths([
      { name: 'app-or-key', allowedCombinations: [['password', 'totp'], ['passkey']] },
      { name: 'both', allowedCombinations: [['totp', 'securityKey']] },
    ])
    const all = [multifactor, 'app-or-key', 'both', passwordless, phishingResistant]
    expect(own.names).to.deep.equal(all)
    expect(own.met(['password', 'totp'])).to.deep.equal([multifactor, 'app-or-key'])
    expect(own.met(['password', 'recoveryCode'])).to.deep.equal([multifactor])
    expect(own.met(['totp', 'passkey'])).to.deep.equal(all)
  })

  it('take a passkey that asked for no finger, face or PIN for one factor', () => {
    expect(shownMethod({ method: 'passkey', amr: ['hwk', 'user'] })).to.equal('securityKey')
    expect(shownMethod({ method: 'passkey', amr: ['hwk', 'user', 'mfa'] })).to.equal('passkey')
    expect(shownMethod({ method: 'totp', amr: ['otp'] })).to.equal('totp')
  })

  it('make `mfa` of several factors, and of nothing less', () => {
    const password = { method: 'password', amr: ['pwd'] } as const
    const totp = { method: 'totp', amr: ['otp'] } as const
    expect(amrOf(strengths, [password])).to.deep.equal(['pwd'])
    expect(amrOf(strengths, [password, totp])).to.deep.equal(['pwd', 'otp', 'mfa'])
    const key = { method: 'passkey', amr: ['hwk', 'user'] } as const
    expect(amrOf(strengths, [key])).to.deep.equal(['hwk', 'user'])
    const passkey = { method: 'passkey', amr: ['swk', 'user', 'mfa'] } as const
    expect(amrOf(strengths, [passkey])).to.deep.equal(['swk', 'user', 'mfa'])
  })

  describe('in the settings', () => {
    const combinations = (...allowedCombinations: readonly (readonly string[])[]) =>
      strengthSettings.safeParse([{ name: 'own', allowedCombinations }])

    it('may be what is two factors', () => {
      expect(combinations(['passkey'], ['password', 'securityKey']).success).to.equal(true)
    })

    for (const [wrong, why] of [
      [['password'], /one factor/],
      [['securityKey'], /one factor/],
      [[], /one factor/],
      [['totp', 'totp'], /twice/],
      [['password', 'sms'], /Invalid option/],
    ] as const) {
      it(`may not be [${wrong.join(', ')}]`, () => {
        expect(combinations(wrong).error?.message).to.match(why)
      })
    }

    it('have a way to be met', () => {
      expect(combinations().success).to.equal(false)
    })
  })
})
