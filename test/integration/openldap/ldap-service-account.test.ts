import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { asking } from '../../contracts/password-backend.ts'
import { eventually } from '../../support/eventually.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { expectFault } from '../../support/rejection.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'

describe('the ldap backend’s service account', () => {
  let directory: OpenldapServer
  let folder: string
  let bindPasswordFile: string

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-service-'))
    bindPasswordFile = join(folder, 'service.password')
    directory = await startOpenldap({ log: true })
  })
  afterEach(async () => {
    await directory.stop()
    await rm(folder, { recursive: true })
  })

  it('is named as the reason when the directory refuses it', async () => {
    await writeFile(bindPasswordFile, 'wrong')
    await using ldap = await openLdap(directory, { bindPasswordFile })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.deep.equal({
      name: 'unavailable',
      reason: 'serviceAccount',
      detail: `service bind: result 49 (${new URL(directory.ldapsUrl).host})`,
    })
  })

  it('is refused once, not once for everybody who waits, lest the directory lock it', async () => {
    await writeFile(bindPasswordFile, 'wrong')
    await using ldap = await openLdap(directory, { bindPasswordFile })
    const ask = asking(ldap.backend)
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask('ok', password)))
    answers.push(await ask('ok', password))
    for (const { outcome } of answers) expect(outcome).to.include({ reason: 'serviceAccount' })
    expect(await directory.binds()).to.equal(1)
  })

  it('works again soon after its password file has been put right', async () => {
    await writeFile(bindPasswordFile, 'wrong')
    await using ldap = await openLdap(directory, { bindPasswordFile, coolDown: 20 })
    const ask = asking(ldap.backend)
    expect((await ask('ok', password)).outcome).to.include({ reason: 'serviceAccount' })
    await writeFile(bindPasswordFile, `${password}\r\n`)
    await eventually(async () => (await ask('ok', password)).outcome.name === 'ok')
    expect(ldap.logged()).to.contain('the directory server answers again')
  })

  it('is the reason when it must change its password before it may search', async () => {
    const bindDn = `cn=svc-mustchange,ou=service,${directory.baseDn}`
    await using ldap = await openLdap(directory, { bindDn })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.include({ reason: 'serviceAccount' })
    expect(outcome).to.have.property('detail').that.contains('password policy error 2')
  })

  it('is never taken for an unknown user that it may not read the people', async () => {
    const bindDn = `cn=svc-blind,ou=service,${directory.baseDn}`
    await using ldap = await openLdap(directory, { bindDn })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.include({ name: 'unavailable', reason: 'misconfigured' })
    expect(outcome).to.have.property('detail').that.contains('search: result 32')
  })

  it('is never taken for an unknown user that the base is not there', async () => {
    await using ldap = await openLdap(directory, { baseDn: `ou=nowhere,${directory.baseDn}` })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.include({ name: 'unavailable', reason: 'misconfigured' })
  })

  it('is bound before each search, also on connections made after a restart', async () => {
    await using ldap = await openLdap(directory)
    const ask = asking(ldap.backend)
    const twenty = () => Promise.all(Array.from({ length: 20 }, () => ask('ok', password)))
    for (const { outcome } of await twenty()) expect(outcome.name).to.equal('ok')
    await directory.restart()
    await eventually(async () => (await ask('ok', password)).outcome.name === 'ok')
    for (const { outcome } of await twenty()) expect(outcome.name).to.equal('ok')
    const searches = directory.operations().filter(({ kind }) => kind === 'SRCH')
    expect(searches.length).to.be.greaterThan(40)
    expect(anonymousSearches(directory)).to.deep.equal([])
  })

  it('is asked for as soon as the backend is opened, and so is the authority', async () => {
    const missing = join(folder, 'missing')
    await expectFault(openLdap(directory, { bindPasswordFile: missing }), 'settings')
    await expectFault(openLdap(directory, { caFile: missing }), 'settings')
    const garbage = join(folder, 'garbage.pem')
    await writeFile(garbage, 'not a certificate')
    const { message } = await expectFault(openLdap(directory, { caFile: garbage }), 'settings')
    expect(message).to.equal(`${garbage}: is not a PEM certificate`)
    await writeFile(bindPasswordFile, '\n')
    await expectFault(openLdap(directory, { bindPasswordFile }), 'settings')
  })
})

/** Searches on connections on which nobody, or somebody else than a service account, is bound. */
function anonymousSearches(directory: OpenldapServer): string[] {
  const bound = new Map<string, string>()
  const found: string[] = []
  for (const { connection, kind, text } of directory.operations()) {
    const who = /dn="([^"]*)" mech=SIMPLE/.exec(text)?.[1]
    if (kind === 'BIND' && who !== undefined) bound.set(connection, who)
    if (kind === 'ACCEPT') bound.delete(connection)
    const byWhom = bound.get(connection) ?? ''
    if (kind === 'SRCH' && !/^cn=(svc-read|admin),/.test(byWhom)) found.push(`${byWhom}: ${text}`)
  }
  return found
}
