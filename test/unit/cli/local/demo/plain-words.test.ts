import { expect } from 'chai'
import { plainError } from '../../../../../cli/local/demo/plain-words.ts'

describe('what went wrong at the demo app, in plain words', () => {
  it('explains the errors that a developer meets', () => {
    const codes = ['login_required', 'consent_required', 'access_denied', 'invalid_grant']
    const titles = codes.map((error) => plainError(Object.assign(new Error('x'), { error })).title)
    expect(new Set(titles)).to.have.property('size', codes.length)
  })

  it('keeps the words of the protocol', () => {
    const thrown = Object.assign(new Error('server responded with an error'), {
      error: 'invalid_scope',
      error_description: 'unknown scope',
    })
    expect(plainError(thrown).technical).to.equal('invalid_scope: unknown scope')
  })

  it('has words for anything thrown', () => {
    expect(plainError(new Error('fetch failed')).technical).to.equal('fetch failed')
    expect(plainError('odd')).to.deep.include({ title: 'That did not work', technical: 'odd' })
  })
})
