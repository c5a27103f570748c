import { expect } from 'chai'
import { platformOf } from '../../../../provider/access/platform.ts'

describe('the platform of a browser', () => {
  const agents = {
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36':
      'windows',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15':
      'macOS',
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148':
      'iOS',
    'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile': 'android',
    'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0': 'linux',
    'Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/131.0': 'linux',
  }
  for (const [agent, platform] of Object.entries(agents)) {
    it(`is ${platform} for ${agent}`, () => {
      expect(platformOf(undefined, agent)).to.equal(platform)
    })
  }

  it('is what the browser calls it, before what is guessed', () => {
    const [windows] = Object.keys(agents)
    expect(platformOf('"macOS"', windows)).to.equal('macOS')
    expect(platformOf('"Unknown"', windows)).to.equal('windows')
    expect(platformOf('', windows)).to.equal('windows')
  })

  it('is unknown for anything else', () => {
    expect(platformOf('"Haiku"', 'Mozilla/5.0 (Windows NT 10.0)')).to.equal(undefined)
    expect(platformOf(undefined, 'curl/8.9.1')).to.equal(undefined)
    expect(platformOf(undefined, undefined)).to.equal(undefined)
  })
})
