import { expect } from 'chai'
import { messageOf } from '../../../../provider/signin/messages.ts'
import { outcomeText, refusedNames, unavailableReasons } from '../../../../shared/outcome.ts'

describe('message of a problem', () => {
  const reference = '7KQ-M2X-9TF'

  it('is the same for a wrong password and an unknown user', () => {
    const wrong = messageOf({ outcome: { name: 'wrongPassword' }, reference })
    const unknown = messageOf({ outcome: { name: 'unknownUser' }, reference: 'AAA-AAA-AAA' })
    expect(wrong).to.deep.equal(unknown)
    expect(wrong.reference).to.equal(undefined)
  })

  it('has the reference where the help desk can find something by it', () => {
    const others = refusedNames.filter((name) => name !== 'wrongPassword' && name !== 'unknownUser')
    for (const name of others) {
      const { text, ...message } = messageOf({ outcome: { name }, reference })
      expect(message).to.deep.equal({ isInvalid: false, reference })
      expect(text.startsWith(outcomeText({ name }).publicText)).to.equal(true)
    }
  })

  it('says how a password is changed where that cannot be done here, as the realm has it', () => {
    for (const name of ['passwordExpired', 'mustChangePassword', 'notPermitted'] as const) {
      const problem = { outcome: { name }, reference }
      expect(messageOf(problem).text).to.contain('ask your help desk')
      const { text } = messageOf(problem, { passwordHelp: 'Use the kiosk.' })
      expect(text).to.match(/ It cannot be changed here\. Use the kiosk\.$/)
    }
    const help = { passwordHelp: 'Use the kiosk.' }
    const locked = messageOf({ outcome: { name: 'accountLocked' }, reference }, help)
    expect(locked.text).not.to.contain('kiosk')
  })

  it('says something else, if the realm has it, where only the directory does not permit it', () => {
    const help = { passwordHelp: 'Use the kiosk.', passwordRefusedHelp: 'Ask Jo.' }
    const text = (name: 'notPermitted' | 'passwordExpired') =>
      messageOf({ outcome: { name }, reference }, help).text
    expect(text('notPermitted')).to.equal(
      'Your password was not changed. It cannot be changed here. Ask Jo.',
    )
    expect(text('passwordExpired')).to.match(/ Use the kiosk\.$/)
  })

  it('is about the field that has to be typed anew', () => {
    expect(messageOf({ outcome: { name: 'tooShort' }, reference }).field).to.equal('newPassword')
    expect(messageOf({ outcome: { name: 'wrongOldPassword' }, reference }).field).to.equal(
      'password',
    )
    expect(messageOf({ input: 'newPasswordsDiffer' }).field).to.equal('newPassword')
    expect(messageOf({ input: 'noPassword' }).field).to.equal('password')
  })

  it('never says why nobody could be asked, and never blames what was typed', () => {
    const messages = unavailableReasons.map((reason) =>
      messageOf({ outcome: { name: 'unavailable', reason }, reference }),
    )
    expect(new Set(messages.map((message) => JSON.stringify(message))).size).to.equal(1)
    expect(messages[0]).to.include({ isInvalid: false, reference })
  })

  it('leaves open whether a password was changed, where the answer was lost', () => {
    const outcome = { name: 'unavailable', reason: 'directoryTimeout' } as const
    const message = messageOf({ outcome, reference, isChange: true })
    expect(message).to.include({ isInvalid: false, reference })
    expect(message.text)
      .to.contain('could not find out whether your password was changed')
      .and.contain('sign in with the new one')
  })

  it('says what a full user name looks like without naming a suffix', () => {
    const { text, isInvalid } = messageOf({ input: 'unknownSuffix' })
    expect(text).to.include('name@company.example')
    expect(isInvalid).to.equal(true)
  })
})
