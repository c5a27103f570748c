import { expect } from 'chai'
import { utcTime } from '../../../cli/utc-time.ts'

describe('utcTime', () => {
  it('prints milliseconds since the epoch for people', () => {
    expect(utcTime(1_795_254_296_000)).to.equal('2026-11-21 09:44:56 UTC')
  })
})
