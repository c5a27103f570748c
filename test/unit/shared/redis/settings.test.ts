import { expect } from 'chai'
import { redisSettings } from '../../../../shared/redis/settings.ts'
import { printProblem } from '../../../../shared/settings/problem.ts'
import { checkSettingsText } from '../../../../shared/settings.ts'

const check = (text: string) => checkSettingsText('redis.yaml', text, redisSettings)

/** What is said about settings, without the file's name. */
function said(text: string): string[] {
  return (check(text).problems ?? []).map((one) => printProblem(one).replace('redis.yaml:', ''))
}

describe('Redis settings', () => {
  it('need an address and nothing else', () => {
    expect(check('url: redis://localhost:6379').value).to.deep.equal({
      url: 'redis://localhost:6379',
      keyPrefix: 'postern:',
    })
  })

  for (const text of [
    'url: rediss://redis.corp.example:6380/3',
    'url: redis://[::1]:6379',
    'url: redis://localhost',
    'sentinel: { name: main, hosts: [redis://a:26379, redis://b:26379] }',
    'sentinel: { name: main, hosts: [redis://a], username: x, passwordFile: s }\npasswordEnv: REDIS',
    'cluster: [rediss://a:6379, rediss://b:6379]\ncaFile: ca.pem',
    'url: rediss://a\ncertFile: me.pem\nkeyFile: me.key',
  ]) {
    it(`may say ${text.replaceAll('\n', ' and ')}`, () => {
      expect(said(text)).to.deep.equal([])
    })
  }

  it('refuse what is no address', () => {
    const message = 'must be an address, as in redis://localhost:6379'
    for (const url of ['localhost:6379', 'http://localhost', 'redis://', '"::"']) {
      expect(said(`url: ${url}`), url).to.deep.equal([`1:6: url: ${message}`])
    }
  })

  it('refuse a password in an address, and do not repeat it', () => {
    expect(said('url: redis://:sesame@localhost')).to.deep.equal([
      '1:6: url: must have no user name or password in it; use username and passwordFile',
    ])
  })

  it('refuse a database where there is none', () => {
    expect(said('cluster: [redis://a:6379/1]')).to.deep.equal([
      '1:11: cluster[0]: must end after the port',
    ])
    expect(said('url: redis://a/one')).to.deep.equal(['1:6: url: must end after the port'])
  })

  it('refuse none, and more than one, of the ways to name Redis', () => {
    expect(said('username: x')).to.deep.equal(['1:1: needs one of url, sentinel and cluster'])
    expect(said('url: redis://a\ncluster: [redis://b]')).to.deep.equal([
      '2:10: cluster: is one too many: needs one of url, sentinel and cluster',
    ])
  })

  it('refuse two passwords', () => {
    expect(said('url: redis://a\npasswordFile: a\npasswordEnv: B')).to.deep.equal([
      '3:14: passwordEnv: is one too many beside passwordFile',
    ])
  })

  it('refuse addresses of which only some are over TLS', () => {
    expect(said('cluster: [rediss://a, redis://b]')).to.deep.equal([
      '1:23: cluster[1]: must begin as the first one does',
    ])
    expect(said('sentinel: { name: x, hosts: [redis://a, rediss://b] }')).to.deep.equal([
      '1:41: sentinel.hosts[1]: must begin as the first one does',
    ])
  })

  it('refuse files for TLS where there is none', () => {
    expect(said('url: redis://a\ncaFile: ca.pem')).to.deep.equal([
      '2:9: caFile: is used over TLS only; begin the address with rediss://',
    ])
  })

  it('refuse half of a key pair', () => {
    expect(said('url: rediss://a\ncertFile: me.pem')).to.deep.equal([
      '2:11: certFile: needs keyFile beside it',
    ])
    expect(said('url: rediss://a\nkeyFile: me.key')).to.deep.equal([
      '2:10: keyFile: needs certFile beside it',
    ])
  })

  it('refuse a prefix with spaces', () => {
    expect(said('url: redis://a\nkeyPrefix: "my prefix"')).to.deep.equal([
      '2:12: keyPrefix: must have no spaces and no letters beyond ASCII',
    ])
  })
})
