import { expect } from 'chai'
import { environmentVariable } from '../../../../shared/settings/environment.ts'

describe('an environment variable', () => {
  const name = 'POSTERN_TEST_VARIABLE'
  afterEach(() => {
    delete process.env[name]
  })

  it('is its value', () => {
    process.env[name] = 'x'
    expect(environmentVariable(name)).to.equal('x')
  })

  it('that is empty counts as not set', () => {
    process.env[name] = ''
    expect(environmentVariable(name)).to.equal(undefined)
  })
})
