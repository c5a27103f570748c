import { expect } from 'chai'
import { isLoopbackHost } from '../../../shared/loopback-host.ts'

describe('a loopback host', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.255.255.254',
    '::1',
    '[::1]',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ]) {
    it(`is ${host}`, () => {
      expect(isLoopbackHost(host)).to.equal(true)
    })
  }

  for (const host of [
    '',
    '[]',
    'localhost.',
    'app.localhost',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '127.evil.example',
    '127.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '0.0.0.0',
    '10.0.0.1',
    '::',
    '::2',
    '[::1',
  ]) {
    it(`is not “${host}”`, () => {
      expect(isLoopbackHost(host)).to.equal(false)
    })
  }
})
