import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Ask, asking } from '../../contracts/password-backend.ts'
import { eventually } from '../../support/eventually.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'

describe('the ldap backend’s encryption', () => {
  let directory: OpenldapServer
  let plainPort: number

  before(async () => {
    directory = await startOpenldap()
    plainPort = Number(new URL(directory.url).port)
  })
  after(() => directory.stop())

  const nameOf = async (ask: Ask) => (await ask('ok', password)).outcome.name

  for (const way of ['ldaps://', 'StartTLS'] as const) {
    const settings = (from: OpenldapServer) =>
      way === 'StartTLS' ? { urls: [from.url], startTls: true } : { urls: [from.ldapsUrl] }

    describe(`by ${way}`, () => {
      it('trusts the authority it is given, for an address and for a name', async () => {
        await using ldap = await openLdap(directory, settings(directory))
        expect(await nameOf(asking(ldap.backend))).to.equal('ok')
        const urls = settings(directory).urls.map((url) => url.replace('127.0.0.1', 'localhost'))
        await using named = await openLdap(directory, { ...settings(directory), urls })
        expect(await nameOf(asking(named.backend))).to.equal('ok')
      })

      it('trusts no other authority', async () => {
        await using stranger = await startOpenldap()
        const { caFile } = stranger
        await using ldap = await openLdap(directory, { ...settings(directory), caFile })
        const { outcome } = await asking(ldap.backend)('ok', password)
        expect(outcome).to.include({ name: 'unavailable', reason: 'misconfigured' })
        expect(outcome)
          .to.have.property('detail')
          .that.matches(/^connect: certificate refused, [A-Z_]+ \(127\.0\.0\.1:\d+\)$/)
      })

      it('trusts no certificate that is for somebody else', async () => {
        await using stranger = await startOpenldap({ certificateFor: 'DNS:other.lab.test' })
        await using ldap = await openLdap(stranger, settings(stranger))
        const { outcome } = await asking(ldap.backend)('ok', password)
        expect(outcome)
          .to.have.property('detail')
          .that.contains('certificate refused, ERR_TLS_CERT_ALTNAME_INVALID')
        expect(await stranger.binds()).to.equal(0)
      })
    })
  }

  it('reads the authority’s file anew, so that it can be replaced at any time', async () => {
    await using stranger = await startOpenldap()
    const folder = await mkdtemp(join(tmpdir(), 'postern-ca-'))
    const caFile = join(folder, 'ca.pem')
    const { host } = new URL(directory.ldapsUrl)
    try {
      await copyFile(stranger.caFile, caFile)
      await using ldap = await openLdap(directory, { caFile })
      expect(await nameOf(asking(ldap.backend))).to.equal('unavailable')
      await writeFile(caFile, 'half a certifi')
      expect((await asking(ldap.backend)('ok', password)).outcome).to.deep.include({
        name: 'unavailable',
        detail: `connect: caFile cannot be read or is no certificate (${host})`,
      })
      await copyFile(directory.caFile, caFile)
      expect(await nameOf(asking(ldap.backend))).to.equal('ok')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('says nothing readable by StartTLS, also when connections have to be made anew', async () => {
    await using server = await startOpenldap()
    await using proxy = await startTcpProxy(Number(new URL(server.url).port))
    const urls = [`ldap://127.0.0.1:${proxy.port}`]
    await using ldap = await openLdap(server, { urls, startTls: true })
    const ask = asking(ldap.backend)
    expect(await nameOf(ask)).to.equal('ok')
    const before = proxy.connections()
    await server.restart()
    await eventually(async () => (await nameOf(ask)) === 'ok')
    expect(proxy.connections()).to.be.greaterThan(before)
    const sent = proxy.sent().toString('latin1')
    expect(sent).to.contain('1.3.6.1.4.1.1466.20037')
    expect(sent).not.to.contain(password)
    expect(sent).not.to.contain('uid=ok')
  })

  // The start of a BindResponse, success, that swallows the true answer as its diagnostic message.
  // Left in a client's buffer across StartTLS it would let anybody in, with any password.
  for (const messageId of [2, 3, 4]) {
    it(`believes nothing that is slipped in before StartTLS takes effect (${messageId})`, async () => {
      const slipped = Buffer.from(`301a02010${messageId}61150a01000400040e`, 'hex')
      const heard = new Map<number, number>()
      await using proxy = await startTcpProxy(plainPort, {
        onReply: (piece, { number }) => {
          const pieces = (heard.get(number) ?? 0) + 1
          heard.set(number, pieces)
          // Behind the first reply, which is the one to StartTLS; connection 2 is for people.
          return number === 2 && pieces === 1 ? Buffer.concat([piece, slipped]) : piece
        },
      })
      const urls = [`ldap://127.0.0.1:${proxy.port}`]
      await using ldap = await openLdap(directory, { urls, startTls: true })
      const { outcome } = await asking(ldap.backend)('ok', 'wrong')
      expect(heard.get(2)).to.be.greaterThan(1)
      expect(outcome.name).to.equal('wrongPassword')
    })
  }

  it('is told when the server refuses StartTLS', async () => {
    // ExtendedResponse, protocolError, in place of the server's.
    const refusal = Buffer.from('300c02010278070a010204000400', 'hex')
    await using proxy = await startTcpProxy(plainPort, { onReply: () => refusal })
    const urls = [`ldap://127.0.0.1:${proxy.port}`]
    await using ldap = await openLdap(directory, { urls, startTls: true })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.deep.equal({
      name: 'unavailable',
      reason: 'misconfigured',
      detail: `connect: result 2 (127.0.0.1:${proxy.port})`,
    })
  })

  it('does not take a server that speaks no TLS for one that does', async () => {
    await using ldap = await openLdap(directory, { urls: [`ldaps://127.0.0.1:${plainPort}`] })
    const { outcome } = await asking(ldap.backend)('ok', password)
    expect(outcome).to.include({ name: 'unavailable', reason: 'directoryDown' })
  })
})
