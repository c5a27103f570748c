import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { proxySettings, readProxy } from '../../../shared/proxy-settings.ts'
import { expectFault } from '../../support/rejection.ts'

const variables = ['HTTPS_PROXY', 'https_proxy', 'NO_PROXY', 'no_proxy']

describe('which proxy there is', () => {
  let folder: string
  const kept = new Map<string, string>()
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-proxy-'))
    await writeFile(join(folder, 'proxy.password'), 'open sesame\n')
    for (const name of variables) kept.set(name, process.env[name] ?? '')
  })
  beforeEach(() => {
    for (const name of variables) delete process.env[name]
  })
  after(async () => {
    for (const name of variables) delete process.env[name]
    for (const [name, value] of kept) if (value !== '') process.env[name] = value
    await rm(folder, { recursive: true, force: true })
  })

  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  const problems = (settings: object) =>
    proxySettings.safeParse(settings).error?.issues.map(({ message }) => message)

  it('is none unless one is named', async () => {
    expect(await readProxy(undefined, folder)).to.equal(undefined)
  })

  it('is that of the settings, with its password from a file', async () => {
    process.env['HTTPS_PROXY'] = 'http://other.example'
    const settings = {
      url: 'http://proxy.corp.example:3128',
      username: 'agent',
      passwordFile: 'proxy.password',
      except: ['.corp.example'],
    }
    const proxy = await readProxy(settings, folder)
    expect(proxy).to.deep.include({
      url: 'http://proxy.corp.example:3128',
      authorization: basic('agent:open sesame'),
    })
    expect(proxy?.goesAround({ host: 'redis.corp.example', port: 1 })).to.equal(true)
    expect(proxy?.goesAround({ host: 'localhost', port: 1 })).to.equal(false)
  })

  it('is that of the environment otherwise, and never for this machine', async () => {
    process.env['HTTPS_PROXY'] = 'http://agent:open%20sesame@proxy.corp.example:3128/'
    process.env['NO_PROXY'] = 'corp.example,10.0.0.0/8'
    const proxy = await readProxy(undefined, folder)
    expect(proxy?.url).to.equal('http://proxy.corp.example:3128')
    expect(proxy?.authorization).to.equal(basic('agent:open sesame'))
    for (const host of ['localhost', '127.0.0.1', 'id.corp.example', '10.1.1.1']) {
      expect(proxy?.goesAround({ host, port: 1 }), host).to.equal(true)
    }
    expect(proxy?.goesAround({ host: 'id.other.example', port: 1 })).to.equal(false)
  })

  it('is known in small letters, and without http://', async () => {
    process.env['https_proxy'] = 'proxy.corp.example:3128'
    expect(await readProxy(undefined, folder)).to.deep.include({
      url: 'http://proxy.corp.example:3128',
    })
  })

  it('is refused where the environment names none that is HTTP, without quoting it', async () => {
    process.env['HTTPS_PROXY'] = 'socks5://agent:secret@proxy.corp.example'
    const { message } = await expectFault(readProxy(undefined, folder), 'settings')
    expect(message).to.equal(
      'the environment variable HTTPS_PROXY must be an address, as in http://proxy.corp.example:3128',
    )
  })

  it('is refused where settings cannot be meant', () => {
    expect(problems({ url: 'http://proxy.corp.example' })).to.equal(undefined)
    expect(problems({ url: 'ftp://proxy.corp.example' })).to.have.length(1)
    expect(problems({ url: 'http://proxy.corp.example/path' })).to.have.length(1)
    expect(problems({ url: 'http://a:b@proxy.corp.example' })).to.deep.equal([
      'must have no user name or password in it; use username and passwordFile',
    ])
    const url = 'http://proxy.corp.example'
    expect(problems({ url, username: 'a' })).to.deep.equal(['needs passwordFile beside it'])
    expect(problems({ url, passwordFile: 'a' })).to.deep.equal(['needs username beside it'])
  })
})
