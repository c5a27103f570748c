import { expect } from 'chai'
import { isLoopback } from '../../../../../provider/oidc/clients/loopback.ts'

describe('a loopback address', () => {
  it('is this machine over http or https, with any port and path', () => {
    for (const address of [
      'http://localhost',
      'http://localhost:3000/callback?x=1',
      'http://127.0.0.1:4711/',
      'http://[::1]:8080/deep/path',
      'https://localhost:5001/signin-oidc',
    ]) {
      expect(isLoopback(address), address).to.equal(true)
    }
  })

  it('is nothing that only looks like it', () => {
    for (const address of [
      'https://localhost.evil.example/',
      'ftp://localhost/',
      'http://localhost.evil.example/',
      'http://localhost:80@evil.example/',
      'http://user@localhost/',
      'http://127.0.0.1.evil.example/',
      'http://127.0.0.2/',
      'http://0.0.0.0/',
      'http://localhost/#fragment',
      'http://localhost/#',
      'http:localhost/callback',
      'http:/localhost/callback',
      'http:\\\\localhost\\callback',
      'http://localhost\\@evil.example/',
      'http://local\thost/',
      'http://localhost/\ncallback',
      ' http://localhost/',
      'http://localhost/ ',
      'localhost',
      'app://localhost/',
      '',
    ]) {
      expect(isLoopback(address), address).to.equal(false)
    }
  })
})
