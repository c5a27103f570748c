import { expect } from 'chai'
import { password } from '../../support/openldap-people.ts'
import { createRelyingParty, type RelyingParty } from '../../support/relying-party.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'
import { clientSecret, type System, startSystem } from '../../support/start-system.ts'

describe('two forests that one agent serves', function suite() {
  this.timeout(60_000)
  let forests: readonly SambaServer[]
  let system: System
  let app: RelyingParty

  before(async () => {
    forests = await Promise.all([startSamba(), startSamba({ own: true })])
    const [north, south] = forests.map((one, index) => backendOf(one, ['NORTH', 'SOUTH'][index]))
    if (!north || !south) throw new Error('a forest is missing')
    const realm = (name: string) => {
      return { name, suffixes: [`${name}.test`], netbiosNames: [name.toUpperCase()] }
    }
    system = await startSystem({
      backends: { north, south },
      provider: { realms: [realm('north'), realm('south')] },
    })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  after(async () => {
    await system?.[Symbol.asyncDispose]()
    await Promise.all((forests ?? []).map((one) => one[Symbol.asyncDispose]()))
  })

  const subOf = async (username: string) => {
    const result = await app.signIn(username, password)
    return result.kind === 'tokens' ? result.userinfo.sub : `page: ${result.text}`
  }

  it('are found by the suffix and by the domain, and the same name in both is two people', async () => {
    const north = await subOf('ok@north.test')
    const south = await subOf('ok@south.test')
    expect(north).not.to.equal(south)
    expect(north).not.to.contain('page')
    expect(south).not.to.contain('page')
    expect(await subOf('NORTH\\ok')).to.equal(north)
    expect(await subOf('south\\OK')).to.equal(south)
  })

  it('do not know each other’s domain', async () => {
    expect(await subOf('EAST\\ok')).to.contain('page')
  })

  it('do not stand in for each other: while one is dead, its people cannot sign in', async () => {
    const [north] = forests
    const before = await subOf('ok@south.test')
    await north?.kill()
    const [first, other] = await Promise.all([subOf('NORTH\\ok'), subOf('SOUTH\\ok')])
    expect(first).to.contain('does not mean that it is wrong')
    expect(other).to.equal(before)
  })
})

function backendOf(forest: SambaServer, netbiosName: string | undefined): Record<string, unknown> {
  return {
    type: 'active-directory',
    domain: 'lab.test',
    netbiosName,
    urls: [forest.ldapsUrl],
    caFile: forest.caFile,
    bindDn: forest.serviceDn,
    bindPasswordFile: forest.servicePasswordFile,
  }
}
