import { expect } from 'chai'
import type { FactorMethod } from '../../../../../provider/mfa/factor.ts'
import { type ShownMethod, shownMethod } from '../../../../../provider/mfa/shown-method.ts'
import { createStrengths } from '../../../../../provider/mfa/strengths.ts'
import type { ShownProof } from '../../../../../provider/oidc/interaction.ts'
import {
  chooseFactor,
  type FactorQuestion,
} from '../../../../../provider/signin/factors/choose-factor.ts'

const strengths = createStrengths([
  { name: 'withPassword', allowedCombinations: [['password', 'passkey']] },
])
const met = (shown: readonly ShownProof[]) =>
  strengths.met(
    shown.map(
      ({ method, amr }): ShownMethod =>
        method === 'password' ? method : shownMethod({ method: method as FactorMethod, amr }),
    ),
  )
const password: ShownProof = { method: 'password', amr: ['pwd'] }
const totp: ShownProof = { method: 'totp', amr: ['otp'] }
const passkey: ShownProof = { method: 'passkey', amr: ['swk', 'user', 'mfa'] }

const choose = ({ shown = [password], ...asked }: Partial<FactorQuestion>) =>
  chooseFactor({
    control: 'mfa',
    has: [],
    shown,
    recent: shown,
    enrollable: ['passkey', 'totp'],
    met,
    ...asked,
  })

describe('the choice of a second factor', () => {
  it('is what somebody has, the strongest first', () => {
    expect(choose({ has: ['recoveryCode', 'totp', 'passkey'] })).to.deep.equal({
      next: 'verify',
      methods: ['passkey', 'totp', 'recoveryCode'],
    })
  })

  it('is to set one up for whoever has none, as far as it would do', () => {
    expect(choose({})).to.deep.equal({ next: 'enrol', methods: ['passkey', 'totp'] })
    const control = 'authenticationStrength:phishingResistant'
    expect(choose({ control })).to.deep.equal({ next: 'enrol', methods: ['passkey'] })
    expect(choose({ control, enrollable: ['totp'] })).to.deep.equal({ next: 'enrol', methods: [] })
  })

  it('lets nobody add a stronger one by a password alone who has a weaker one', () => {
    const asked = { control: 'authenticationStrength:phishingResistant', has: ['totp'] } as const
    expect(choose(asked)).to.deep.equal({ next: 'verify', methods: ['totp'] })
    const shown = [password, totp]
    expect(choose({ ...asked, shown })).to.deep.equal({ next: 'enrol', methods: ['passkey'] })
  })

  it('has whoever sets something up show first what was shown too long ago', () => {
    const shown = [password, totp]
    const asked = { control: 'authenticationStrength:phishingResistant', has: ['totp'] } as const
    expect(choose({ shown: [password], recent: [] })).to.deep.equal({
      next: 'password',
      methods: [],
    })
    expect(choose({ ...asked, shown, recent: [password] }).next).to.equal('verify')
    expect(choose({ ...asked, shown, recent: [totp] }).next).to.equal('password')
    const own = { shown: [passkey], has: ['passkey'], recent: [] } as const
    expect(choose(own).next).to.equal('verify')
    expect(choose({ ...own, has: [] }).next).to.equal('password')
    expect(choose({ ...own, has: [], recent: [passkey] }).next).to.equal('enrol')
  })

  it('takes no remembered browser for a factor that was shown', () => {
    const shown: ShownProof[] = [password, { method: 'rememberedBrowser', amr: [] }]
    const control = 'authenticationStrength:phishingResistant'
    expect(choose({ control, has: ['totp'], shown }).next).to.equal('verify')
  })

  it('asks for the password where a strength needs it and the session has none', () => {
    const asked = { control: 'authenticationStrength:withPassword', has: ['passkey'] } as const
    const shown = [passkey]
    expect(choose({ ...asked, shown })).to.deep.equal({ next: 'password', methods: [] })
    expect(choose({ ...asked, shown: [password] }).next).to.equal('verify')
  })
})
