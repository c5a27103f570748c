import { expect } from 'chai'
import { factorMethods, factorRefusals } from '../../../../provider/mfa/factor.ts'
import { duration, factorMessage, noticeMessage } from '../../../../provider/mfa/messages.ts'

// What somebody can do: every text says one of them.
const advice =
  /\b(try again|enter|wait|set|use|choose|check|remove|ask your help desk|start|close|add|change)\b/i

describe('words about second factors', () => {
  for (const method of factorMethods) {
    for (const refused of factorRefusals) {
      if (refused === 'tooManyTries') continue
      it(`say of ${method} what to do about ${refused}`, () => {
        const text = factorMessage({ refused }, method)
        expect(text).to.match(advice)
        expect(text).to.match(/^[A-Z].*\.$/)
        expect(text).not.to.match(/undefined|challenge|assertion|TOTP|origin/i)
      })
    }
  }

  it('say how long to wait', () => {
    const text = factorMessage({ refused: 'tooManyTries', wait: 10 }, 'totp')
    expect(text).to.equal(
      'There were too many wrong tries, so this one was not looked at. You can try again in 10 seconds.',
    )
    expect([1, 59, 60, 61, 640, 3600].map(duration)).to.deep.equal([
      '1 second',
      '59 seconds',
      '1 minute',
      '2 minutes',
      '11 minutes',
      '1 hour',
    ])
  })

  it('ask for the password again', () => {
    const text = factorMessage({ refused: 'tooManyTries', passwordAgain: true }, 'totp')
    expect(text).to.contain('enter your password again first')
  })

  it('tell of ten wrong tries what they may mean', () => {
    for (const method of factorMethods) {
      const text = noticeMessage({ method, at: 0 })
      expect(text).to.match(/ten wrong answers/)
      expect(text).to.match(/change it/)
    }
  })
})
