import { expect } from 'chai'
import { examined } from '../../support/examined.ts'
import { password } from '../../support/openldap-people.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'
import { startDnsmasq } from '../../support/start-dnsmasq.ts'
import { type AgentYaml, type Enrolled, startEnrolled } from '../../support/start-enrolled.ts'

describe('postern agent doctor, beside a domain controller', function () {
  this.timeout(60_000)
  let enrolled: Enrolled
  let samba: SambaServer
  before(async () => {
    samba = await startSamba()
    enrolled = await startEnrolled()
    await enrolled.approve()
  })
  after(async () => {
    await enrolled?.[Symbol.asyncDispose]()
    await samba?.[Symbol.asyncDispose]()
  })

  /** The agent's settings as they are, with Active Directory for its directory. */
  const beside =
    (more: Record<string, unknown> = {}) =>
    ({ realms }: AgentYaml) => {
      const [realm] = realms
      if (realm === undefined) throw new Error('no realm')
      realm.backend = {
        type: 'active-directory',
        domain: 'lab.test',
        netbiosName: 'LAB',
        urls: [samba.ldapsUrl],
        caFile: samba.caFile,
        bindDn: samba.serviceDn,
        bindPasswordFile: samba.servicePasswordFile,
        ...more,
      }
    }

  it('finds nothing wrong, and a person by their name', async () => {
    const person = { username: 'ok' }
    const { findings, of } = await examined(enrolled, beside(), { person })
    expect(findings.filter(({ state }) => state !== 'ok')).to.deep.equal([])
    expect(of('directory').map(({ about }) => about)).to.deep.equal([samba.ldapsUrl])
    expect(of('serviceAccount')).to.have.length(1)
    expect(of('user')).to.have.length(1)
  })

  it('signs a person in by the password that is right, and not by another', async () => {
    const signIn = async (typed: string) => {
      const person = { username: 'ok@lab.test', password: typed }
      return (await examined(enrolled, beside(), { person })).problems()
    }
    expect(await signIn(password)).to.deep.equal([])
    expect(await signIn('not the password')).to.deep.equal(['user'])
  })

  it('says that the domain controller does not take the service account', async () => {
    const bindDn = 'CN=nobody,OU=Service,DC=lab,DC=test'
    const { problems, of } = await examined(enrolled, beside({ bindDn }))
    expect(problems()).to.deep.equal(['serviceAccount'])
    expect(of('serviceAccount')[0]?.says).to.contain('result 49')
    expect(of('serviceAccount')[0]?.advice).to.contain('`bindDn` and the password')
  })

  it('finds a domain controller in DNS, and says that DNS knows none', async () => {
    const { address } = samba
    const service = '--srv-host=_ldap._tcp.lab.test,dc1.lab.test,389,0,100'
    await using dns = await startDnsmasq([`--host-record=dc1.lab.test,${address}`, service])
    const discover = { dnsServers: [dns.address] }
    const { problems, of } = await examined(enrolled, beside({ urls: undefined, discover }))
    expect(problems(), JSON.stringify(of('directory'))).to.deep.equal([])
    expect(of('directory')[0]?.about).to.contain('dc1.lab.test')
    await dns.restart([])
    const none = await examined(enrolled, beside({ urls: undefined, discover }))
    expect(none.problems()).to.deep.equal(['directory'])
    expect(none.of('directory')[0]?.says).to.contain('DNS knows no domain controllers')
  })
})
