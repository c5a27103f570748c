import { expect } from 'chai'
import { wordsForFailure } from '../../../browser/passkey-words.ts'

const failures = [
  'NotAllowedError',
  'InvalidStateError',
  'ConstraintError',
  'NotSupportedError',
  'SecurityError',
]
const at = { isNew: false, isTooLate: false }

describe('what is said when a browser gives no passkey', () => {
  it('is something else for each reason, and something to do', () => {
    const said = failures.map((name) => wordsForFailure(new DOMException('no', name), at))
    expect(new Set(said).size).to.equal(failures.length)
    for (const words of said) expect(words).to.match(/again|another/)
  })

  it('is never what the browser says to programmers', () => {
    for (const failure of [new TypeError('x is undefined'), 'no', undefined]) {
      expect(wordsForFailure(failure, at)).to.equal(
        'Your browser gave no passkey. Try again, or use another way.',
      )
      expect(wordsForFailure(failure, { ...at, isNew: true })).to.include('No passkey was made.')
    }
  })

  it('is that it took too long, whatever else it may have been', () => {
    const failure = new DOMException('no', 'NotAllowedError')
    expect(wordsForFailure(failure, { ...at, isTooLate: true })).to.include('too long')
  })
})
