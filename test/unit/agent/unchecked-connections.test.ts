import { expect } from 'chai'
import { uncheckedConnections } from '../../../agent/unchecked-connections.ts'

const ldap = {
  type: 'ldap',
  urls: ['ldaps://dc1.corp.example'],
  bindDn: 'cn=postern',
  bindPasswordFile: 'ldap.password',
  baseDn: 'dc=corp',
}

function unchecked(backend: object, redis: object): readonly string[] {
  const realms = [{ name: 'corp', backend: { ...ldap, ...backend } }]
  return uncheckedConnections({ redis: { keyPrefix: 'p:', ...redis }, realms } as never)
}

const safeRedis = { url: 'rediss://redis.corp.example' }

describe('connections that nobody checks', () => {
  it('are none with ldaps and rediss', () => {
    expect(unchecked({}, safeRedis)).to.deep.equal([])
  })

  it('are none with StartTLS, and with a Redis on this machine', () => {
    const startTls = { urls: ['ldap://dc1.corp.example'], startTls: true }
    for (const url of ['redis://localhost', 'redis://127.0.0.1:6379/0', 'redis://[::1]:6379']) {
      expect(unchecked(startTls, { url })).to.deep.equal([])
    }
  })

  it('are plain LDAP, also on this machine, where a tunnel may begin', () => {
    const urls = ['ldap://127.0.0.1:389']
    expect(unchecked({ urls, insecure: true }, safeRedis)).to.deep.equal(urls)
  })

  it('are plain Redis on a network: a server, Sentinels, a cluster', () => {
    const far = ['redis://10.0.0.1:6379']
    expect(unchecked({}, { url: far[0] })).to.deep.equal(far)
    expect(unchecked({}, { sentinel: { name: 'm', hosts: far } })).to.deep.equal(far)
    expect(unchecked({}, { cluster: far })).to.deep.equal(far)
  })

  it("are all of them when Node's check of certificates is turned off", () => {
    const name = 'NODE_TLS_REJECT_UNAUTHORIZED'
    const before = process.env[name]
    process.env[name] = '0'
    try {
      expect(unchecked({}, safeRedis)).to.deep.equal([`${name}=0`])
    } finally {
      if (before === undefined) delete process.env[name]
      else process.env[name] = before
    }
  })
})
