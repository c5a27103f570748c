import { expect } from 'chai'
import { exceptionsIn, goesAround, isOwnMachine } from '../../../shared/proxy-exceptions.ts'

describe('what goes around a proxy', () => {
  const around = (exceptions: string, host: string, port = 443) =>
    goesAround(exceptionsIn(exceptions), { host, port })

  for (const [exceptions, host] of [
    ['*', 'id.corp.example'],
    ['corp.example', 'corp.example'],
    ['corp.example', 'id.corp.example'],
    ['.corp.example', 'id.corp.example'],
    ['*.corp.example', 'id.corp.example'],
    ['Corp.Example', 'ID.corp.example.'],
    ['other.example, corp.example', 'id.corp.example'],
    ['other.example corp.example:443', 'id.corp.example'],
    ['10.0.0.0/8', '10.1.2.3'],
    ['10.1.2.3:443', '10.1.2.3'],
    ['2001:db8::/32', '2001:db8::7'],
    ['[2001:db8::7]:443', '2001:db8::7'],
  ] as const) {
    it(`${host} does with “${exceptions}”`, () => {
      expect(around(exceptions, host)).to.equal(true)
    })
  }

  for (const [exceptions, host] of [
    ['', 'id.corp.example'],
    [',', 'id.corp.example'],
    ['.', 'id.corp.example'],
    ['corp.example', 'notcorp.example'],
    ['id.corp.example', 'corp.example'],
    ['corp.example:6379', 'id.corp.example'],
    ['10.0.0.0/8', '11.1.2.3'],
    ['1.2.3', '0.1.2.3'],
    ['10.0.0.0/8', 'id.corp.example'],
  ] as const) {
    it(`${host} does not with “${exceptions}”`, () => {
      expect(around(exceptions, host)).to.equal(false)
    })
  }

  it('knows this machine by its usual names', () => {
    for (const host of ['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '::1']) {
      expect(isOwnMachine(host), host).to.equal(true)
    }
    for (const host of ['localhost.corp.example', 'notlocalhost', '10.0.0.1', '::2']) {
      expect(isOwnMachine(host), host).to.equal(false)
    }
  })
})
