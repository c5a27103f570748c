import { expect } from 'chai'
import { browserName } from '../../../../provider/account/browser-name.ts'
import { isStrong, strongSignIn, usable } from '../../../../provider/account/strong.ts'
import { timesOf } from '../../../../provider/account/times.ts'
import type { FactorView } from '../../../../provider/mfa/second-factors.ts'

const app: FactorView = { id: 'a', method: 'totp', name: 'App', createdAt: 0 }
const names = { names: ['multifactor', 'passwordless'] }

describe('a sign-in that is recent and strong', () => {
  it('is one of the last ten minutes, for whoever has a password alone', () => {
    expect(isStrong({ age: 600 }, [])).to.equal(true)
    expect(isStrong({ age: 601 }, [])).to.equal(false)
    expect(strongSignIn([], names)).to.deep.equal({ within: 600 })
  })

  it('has a second factor of the last ten minutes, for whoever has one', () => {
    expect(isStrong({ age: 1 }, [app])).to.equal(false)
    expect(isStrong({ age: 1, factorAge: 601 }, [app])).to.equal(false)
    expect(isStrong({ age: 601, factorAge: 1 }, [app])).to.equal(false)
    expect(isStrong({ age: 600, factorAge: 600 }, [app])).to.equal(true)
    expect(strongSignIn([app], names)).to.deep.equal({ within: 600, strength: 'multifactor' })
  })

  it('does not ask for codes that are used up, or for a pass that is over', () => {
    const codes: FactorView = { ...app, method: 'recoveryCode', left: 0 }
    const pass: FactorView = { ...app, method: 'temporaryAccessPass', ends: 1000 }
    expect(usable([app, codes, pass], 1000)).to.deep.equal([app])
    expect(usable([{ ...codes, left: 1 }, pass], 999)).to.have.length(2)
  })
})

describe('what a person knows a browser by', () => {
  it('is its name and what it runs on, as far as it says', () => {
    const edge =
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0'
    expect(browserName(edge)).to.equal('Microsoft Edge on Windows')
    expect(browserName(undefined)).to.equal('A browser')
    expect(browserName('gibberish <b>')).to.be.a('string')
  })

  it('is said with the time by their own clock, and by UTC where the directory says none', () => {
    const at = Date.UTC(2026, 6, 1, 12, 0)
    const text = (zoneinfo?: string) =>
      timesOf({ claims: zoneinfo === undefined ? {} : { zoneinfo } })(at).toString()
    expect(text('Europe/Berlin')).to.include('1 July 2026 at 14:00')
    for (const zone of [undefined, 'Middle/Earth']) expect(text(zone)).to.include('12:00 UTC')
  })
})
