import { expect } from 'chai'
import { findControllers } from '../../../agent/backends/active-directory-discovery.ts'
import { createDns } from '../../../agent/backends/ldap-dns.ts'
import { asking } from '../../contracts/password-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'
import { type DnsServer, startDnsmasq } from '../../support/start-dnsmasq.ts'

describe('domain controllers', function suite() {
  this.timeout(30_000)
  let directory: SambaServer
  let dns: DnsServer
  const srv = (name: string, host: string, priority = 0, weight = 100) =>
    `--srv-host=${name},${host},389,${priority},${weight}`
  const domain = '_ldap._tcp.lab.test'
  const berlin = '_ldap._tcp.Berlin._sites.lab.test'
  // Nobody listens at the second: a controller that is switched off.
  const hosts = () => [
    `--host-record=dc1.lab.test,${directory.address}`,
    '--host-record=dc2.lab.test,127.255.255.253',
  ]
  const both = () => [...hosts(), srv(domain, 'dc1.lab.test'), srv(domain, 'dc2.lab.test', 10)]

  before(async () => {
    directory = await startSamba()
  })
  after(() => directory?.[Symbol.asyncDispose]())
  beforeEach(async () => {
    dns = await startDnsmasq(both())
  })
  afterEach(() => dns.stop())

  /** Settings that find servers in the test's DNS, and name none. */
  const discovering = (more: Record<string, unknown> = {}) => ({
    discover: { dnsServers: [dns.address], ...more },
  })

  it('are found in DNS in the order of its priorities, those of the site before all others', async () => {
    await dns.restart([
      ...both(),
      srv(berlin, 'dc3.lab.test'),
      srv(domain, 'dc3.lab.test', 0, 1),
      srv(domain, 'dc4.lab.test', 0, 200),
    ])
    const find = (more: { site?: string; startTls?: boolean }) =>
      findControllers(createDns([dns.address]), { domain: 'lab.test', startTls: false, ...more })
    expect(await find({})).to.deep.equal(
      ['dc4', 'dc1', 'dc3', 'dc2'].map((name) => `ldaps://${name}.lab.test`),
    )
    expect(await find({ site: 'Berlin' })).to.deep.equal(
      ['dc3', 'dc4', 'dc1', 'dc2'].map((name) => `ldaps://${name}.lab.test`),
    )
    expect(await find({ site: 'Nowhere', startTls: true })).to.deep.equal(
      ['dc4', 'dc1', 'dc3', 'dc2'].map((name) => `ldap://${name}.lab.test:389`),
    )
  })

  it('are asked under the name that DNS gives, which their certificate must have', async () => {
    await using opened = await openActiveDirectory(directory, discovering())
    const answer = await asking(opened.backend)('ok', password)
    expect(answer).to.deep.include({ directory: 'ldaps://dc1.lab.test' })
    expect(answer.outcome.name).to.equal('ok')
    await dns.restart([
      `--host-record=impostor.lab.test,${directory.address}`,
      srv(domain, 'impostor.lab.test'),
    ])
    await using other = await openActiveDirectory(directory, discovering())
    const refused = (await asking(other.backend)('ok', password)).outcome
    expect(refused).to.include({ name: 'unavailable', reason: 'misconfigured' })
    expect(refused).to.have.property('detail').that.contains('ALTNAME')
  })

  it('that do not answer are left alone, and the next one is asked at once', async () => {
    await dns.restart([...hosts(), srv(domain, 'dc2.lab.test'), srv(domain, 'dc1.lab.test', 10)])
    await using opened = await openActiveDirectory(directory, discovering())
    const ask = asking(opened.backend)
    for (let time = 0; time < 3; time += 1) {
      expect(await ask('ok', password)).to.deep.include({ directory: 'ldaps://dc1.lab.test' })
    }
    expect(opened.logged().match(/is left alone/g)).to.have.lengthOf(1)
  })

  it('that DNS does not know are a directory that is down, and no reason not to start', async () => {
    await dns.restart([])
    await using opened = await openActiveDirectory(directory, discovering())
    const { outcome, notTried } = await asking(opened.backend)('ok', password)
    expect(outcome).to.include({ name: 'unavailable', reason: 'directoryDown' })
    expect(notTried).to.equal(true)
    expect(opened.logged()).to.contain('DNS knows no domain controllers')
  })
})
