import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { pino } from 'pino'
import { systemClock } from '../../../shared/clock.ts'
import type { Fault } from '../../../shared/fault.ts'
import { openCarriers } from '../../../shared/redis/carriers.ts'
import type { RedisSettings } from '../../../shared/redis/settings.ts'
import { freePort } from '../../support/free-port.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const execute = promisify(execFile)
const password = 'open sesame'

describe('connecting to Redis', () => {
  let folder: string
  let server: RedisServer
  let tlsPort: number

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-connect-'))
    await writeFile(join(folder, 'redis.password'), `${password}\n`)
    await writeFile(join(folder, 'wrong.password'), 'open barley')
    await writeCertificates(folder)
    tlsPort = await freePort()
    const at = (name: string) => join(folder, name)
    server = await startRedis({
      password,
      args: [
        ...`--tls-port ${tlsPort} --tls-ca-cert-file ${at('ca.pem')}`.split(' '),
        ...`--tls-cert-file ${at('server.pem')} --tls-key-file ${at('server.key')}`.split(' '),
        ...'--user agent on ~* +@all >of-the-agent'.split(' '),
      ],
    })
  })

  after(async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const open = (settings: Omit<RedisSettings, 'keyPrefix'>) => {
    const parts = { clock: systemClock, log: pino({ level: 'silent' }), folder, name: 'test' }
    return openCarriers({ keyPrefix: 'postern:', ...settings }, parts)
  }

  async function works(settings: Omit<RedisSettings, 'keyPrefix'>): Promise<void> {
    const carriers = await open(settings)
    await carriers.store.set('key', 'value', 1_000)
    await carriers.close()
  }

  async function refused(
    settings: Omit<RedisSettings, 'keyPrefix'>,
    kind: Fault['kind'],
  ): Promise<string> {
    const { message } = await expectFault(open(settings), kind)
    expect(message).not.to.match(/sesame|barley/)
    return message.replaceAll(/127.0.0.1:\d+/g, 'HERE').replaceAll(folder, 'FOLDER')
  }

  it('takes the password from a file', () =>
    works({ url: server.url, passwordFile: 'redis.password' }))

  it('takes the password from the environment', async () => {
    process.env['POSTERN_TEST_REDIS'] = password
    await works({ url: server.url, passwordEnv: 'POSTERN_TEST_REDIS' })
    delete process.env['POSTERN_TEST_REDIS']
  })

  it('logs in as an ACL user', async () => {
    await writeFile(join(folder, 'agent.password'), 'of-the-agent')
    await works({ url: server.url, username: 'agent', passwordFile: 'agent.password' })
  })

  it('uses TLS with an authority of our own, and shows a certificate', () =>
    works({
      url: `rediss://127.0.0.1:${tlsPort}`,
      passwordFile: 'redis.password',
      caFile: 'ca.pem',
      certFile: 'server.pem',
      keyFile: 'server.key',
    }))

  it('says that the password is wrong', async () => {
    expect(await refused({ url: server.url, passwordFile: 'wrong.password' }, 'settings')).to.equal(
      'Redis at HERE does not accept the user name or the password',
    )
  })

  it('says that a password is missing', async () => {
    expect(await refused({ url: server.url }, 'settings')).to.equal(
      'Redis at HERE asks for a password, and the settings have none',
    )
  })

  it('says that a file or a variable is missing', async () => {
    const { url } = server
    expect(await refused({ url, passwordFile: 'no.password' }, 'settings')).to.equal(
      'FOLDER/no.password: there is no such file',
    )
    expect(await refused({ url, passwordEnv: 'POSTERN_TEST_NONE' }, 'settings')).to.equal(
      'the environment variable POSTERN_TEST_NONE (passwordEnv) is not set',
    )
  })

  it('says that there is no such database', async () => {
    const settings = { url: `${server.url}/99`, passwordFile: 'redis.password' }
    expect(await refused(settings, 'settings')).to.equal(
      'Redis at HERE answered: ERR DB index is out of range',
    )
  })

  it('says that nobody listens there', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    expect(await refused({ url }, 'storeDown')).to.equal(
      'Redis at HERE cannot be reached: connect ECONNREFUSED HERE',
    )
    expect(await refused({ cluster: [url] }, 'storeDown')).to.equal(
      'Redis at HERE cannot be reached: no node of the cluster answers',
    )
    expect(await refused({ sentinel: { name: 'main', hosts: [url] } }, 'storeDown')).to.equal(
      'Redis at main (as known to HERE) cannot be reached: no Sentinel answers: Connection is closed.',
    )
  })

  it('says that there is no such host', async () => {
    expect(await refused({ url: 'redis://redis.invalid' }, 'storeDown')).to.match(
      /^Redis at redis.invalid:6379 cannot be reached: getaddrinfo \w+ redis.invalid$/,
    )
  })

  it('says that nobody answers', async () => {
    await using silent = await startRedis()
    silent.pause()
    expect(await refused({ url: silent.url }, 'storeDown')).to.match(
      /^Redis at HERE cannot be reached: Socket timeout/,
    )
  })

  it('says that a certificate is not trusted', async () => {
    const settings = { url: `rediss://127.0.0.1:${tlsPort}`, passwordFile: 'redis.password' }
    expect(await refused(settings, 'settings')).to.match(
      /^Redis at HERE has a certificate that is not trusted: .*self-signed certificate/,
    )
  })

  it('says that a certificate is of another host', async () => {
    const url = `rediss://localhost:${tlsPort}`
    const settings = { url, passwordFile: 'redis.password', caFile: 'ca.pem' }
    expect(await refused(settings, 'settings')).to.match(
      /^Redis at localhost:\d+ has a certificate that is not trusted: .*altnames/,
    )
  })

  it('says that a file holds something else than it should', async () => {
    const url = `rediss://127.0.0.1:${tlsPort}`
    expect(await refused({ url, caFile: 'redis.password' }, 'settings')).to.equal(
      'FOLDER/redis.password: is not a PEM certificate',
    )
    const swapped = { certFile: 'server.pem', keyFile: 'ca.pem' }
    expect(await refused({ url, ...swapped }, 'settings')).to.match(/^FOLDER\/ca.pem: /)
  })

  it('says that TLS meets none', async () => {
    const port = server.url.split(':').at(-1) ?? ''
    const settings = { url: `rediss://127.0.0.1:${port}`, caFile: 'ca.pem' }
    expect(await refused(settings, 'storeDown')).to.match(/^Redis at HERE cannot be reached: /)
  })
})

async function writeCertificates(folder: string): Promise<void> {
  const make = (name: string, more: string) => {
    const files = `-keyout ${join(folder, name)}.key -out ${join(folder, name)}.pem`
    const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'
    return execute('openssl', `req -x509 ${key} -days 2 ${files} -subj ${more}`.split(' '))
  }
  await make('ca', '/CN=Test-CA')
  const authority = `-CA ${join(folder, 'ca.pem')} -CAkey ${join(folder, 'ca.key')}`
  const extensions = '-addext subjectAltName=IP:127.0.0.1 -addext basicConstraints=CA:FALSE'
  await make('server', `/CN=redis ${authority} ${extensions}`)
}
