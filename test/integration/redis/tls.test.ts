import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { pino } from 'pino'
import { systemClock } from '../../../shared/clock.ts'
import { openCarriers } from '../../../shared/redis/carriers.ts'
import type { RedisSettings } from '../../../shared/redis/settings.ts'
import { createTestAuthority } from '../../support/certificates.ts'
import { eventually } from '../../support/eventually.ts'
import { expectFault } from '../../support/rejection.ts'
import { createRelyingParty } from '../../support/relying-party.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'
import { clientSecret, startSystem } from '../../support/start-system.ts'

describe('Redis over TLS', function () {
  this.timeout(20_000)
  let folder: string
  let server: RedisServer

  const file = (name: string) => join(folder, name)
  const start = (certificate: string, asksForCertificate: boolean) =>
    startRedis({
      tls: {
        caFile: file('ca.pem'),
        certFile: file(`${certificate}.pem`),
        keyFile: file(`${certificate}.key`),
        asksForCertificate,
      },
    })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-tls-'))
    const authority = await createTestAuthority(folder)
    const stranger = await createTestAuthority(folder, 'stranger')
    await authority.issue('server', { hosts: ['127.0.0.1', 'localhost'] })
    await authority.issue('client')
    await authority.issue('expired', { expired: true })
    await authority.issue('elsewhere', { hosts: ['redis.corp.example'] })
    await stranger.issue('strange-client')
    server = await start('server', true)
  })
  after(async () => {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const ours = { caFile: 'ca.pem', certFile: 'client.pem', keyFile: 'client.key' }

  const open = (settings: Omit<RedisSettings, 'keyPrefix'>) => {
    const parts = { clock: systemClock, log: pino({ level: 'silent' }), folder, name: 'test' }
    return openCarriers({ keyPrefix: 'postern:', ...settings }, parts)
  }

  async function refused(settings: Partial<RedisSettings>, url = server.url): Promise<string> {
    const opening = open({ url, ...settings }).catch((thrown: unknown) => {
      expect(thrown).to.have.property('kind').that.is.oneOf(['settings', 'storeDown'])
      throw thrown
    })
    const thrown: unknown = await opening.then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(thrown).to.be.instanceOf(Error)
    return thrown instanceof Error ? thrown.message.replaceAll(/127.0.0.1:\d+/g, 'HERE') : ''
  }

  it('works with a certificate of our own, by name and by address', async () => {
    for (const url of [server.url, server.url.replace('127.0.0.1', 'localhost')]) {
      const carriers = await open({ url, ...ours })
      await carriers.store.set('key', 'value', 1_000)
      await carriers.close()
    }
  })

  // Which of the two is a matter of whether its last word is faster than its hanging up.
  const wantsCertificate =
    /^Redis at HERE (asks for|hung up at once \(\w+\); it may want) a certificate that it trusts \(certFile and keyFile\)$/

  it('says that Redis asks for a certificate', async () => {
    expect(await refused({ caFile: 'ca.pem' })).to.match(wantsCertificate)
  })

  it('says the same of a certificate that Redis does not know', async () => {
    const strange = { certFile: 'strange-client.pem', keyFile: 'strange-client.key' }
    expect(await refused({ caFile: 'ca.pem', ...strange })).to.match(wantsCertificate)
  })

  it('says that an authority is not the one', async () => {
    const message = await refused({ ...ours, caFile: 'stranger.pem' })
    expect(message).to.match(/^Redis at HERE has a certificate that is not trusted: /)
  })

  it('says that a certificate has expired', async () => {
    await using expired = await start('expired', false)
    expect(await refused({ caFile: 'ca.pem' }, expired.url)).to.equal(
      'Redis at HERE has a certificate that is not trusted: certificate has expired',
    )
  })

  it('says that a certificate is of another host', async () => {
    await using elsewhere = await start('elsewhere', false)
    expect(await refused({ caFile: 'ca.pem' }, elsewhere.url)).to.match(
      /^Redis at HERE has a certificate that is not trusted: .*IP: 127.0.0.1 is not in the cert's list/,
    )
  })

  it('says that an address is without TLS where Redis has it', async () => {
    const url = server.url.replace('rediss', 'redis')
    await expectFault(open({ url }), 'storeDown')
  })

  it('carries a sign-in', async () => {
    const redis = { url: server.url, ...Object.fromEntries(pathsOf(ours)) }
    const found = { provider: { redis }, agent: { redis } }
    await using system = await startSystem(found)
    const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    const signIn = () => app.signIn('ok@lab.test', system.directory.password)
    expect((await signIn()).kind).to.equal('tokens')
    await server.restart()
    await eventually(async () => (await signIn()).kind === 'tokens', { within: 15_000 })
  }).timeout(40_000)

  function pathsOf(files: Record<string, string>): [string, string][] {
    return Object.entries(files).map(([name, path]) => [name, file(path)])
  }
})
