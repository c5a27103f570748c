import { expect } from 'chai'
import { errors } from 'oidc-provider'
import { errorText } from '../../../../provider/oidc/error-texts.ts'
import { Fault } from '../../../../shared/fault.ts'

describe('the text of an error page', () => {
  it('never shows what was thrown by chance', () => {
    const { text } = errorText(new Error('password=hunter2 at redis-1'))

    expect(text).to.equal('Something went wrong on our side. Please try again in a moment.')
  })

  it('is that of the fault, if it is one of ours', () => {
    const fault = new Fault('storeDown', 'redis-1 is gone')

    expect(errorText(fault).text).to.equal(fault.publicText)
  })

  it('tells a sign-in that took too long from a wrong request', () => {
    expect(errorText(new errors.SessionNotFound('expired')).title).to.equal(
      'This sign-in has ended',
    )
    expect(errorText(new errors.InvalidRequest('no scope')).title).to.include('The app asked')
  })

  it('says of an unknown app and an unknown way back which it is', () => {
    expect(errorText(new errors.InvalidClient('client is invalid')).text).to.include(
      'not registered',
    )
    expect(errorText(new errors.InvalidRedirectUri()).text).to.include('address to return to')
  })
})
