import { expect } from 'chai'
import { metControls } from '../../../../../provider/oidc/access/step-up.ts'
import type { ShownProof } from '../../../../../provider/oidc/interaction.ts'

const strengths = ['multifactor', 'phishingResistant']
const stepUp = {
  strengths,
  met: (shown: readonly ShownProof[]) =>
    shown.some(({ method }) => method === 'passkey') ? ['phishingResistant'] : [],
}
const controls = (...methods: ShownProof['method'][]) =>
  metControls(
    stepUp,
    methods.map((method) => ({ method, amr: [] })),
  )

describe('what a session has met', () => {
  const any = ['authenticationStrength:multifactor', 'mfa']

  it('is nothing with a password alone', () => {
    expect(controls('password')).to.deep.equal([])
  })

  it('is any second factor, whichever way a policy asks for it, with a strong one', () => {
    const strong = 'authenticationStrength:phishingResistant'
    expect(controls('password', 'passkey')).to.have.members([...any, strong])
  })

  it('is `mfa` alone in a browser that is remembered, and no strength', () => {
    expect(controls('password', 'rememberedBrowser')).to.deep.equal(['mfa'])
  })

  it('is nothing with what was put off', () => {
    expect(controls('password', 'registrationPutOff')).to.deep.equal([])
  })

  it('is a second opinion and a new password by themselves', () => {
    expect(controls('secondOpinion')).to.deep.equal(['secondOpinion'])
    expect(controls('passwordChange')).to.deep.equal(['passwordChange'])
  })
})
