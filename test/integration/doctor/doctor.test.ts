import { once } from 'node:events'
import { chmod, readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { checkNames, type Finding } from '../../../agent/doctor/report.ts'
import { createTestAuthority } from '../../support/certificates.ts'
import { clockShiftedBy, examined, examinedAt } from '../../support/examined.ts'
import { freePort } from '../../support/free-port.ts'
import { openRedis } from '../../support/open-redis.ts'
import { runPostern } from '../../support/run-postern.ts'
import { type Enrolled, startEnrolled } from '../../support/start-enrolled.ts'
import { startTinyproxy } from '../../support/start-tinyproxy.ts'

const minutes = 60_000

describe('postern agent doctor', function () {
  this.timeout(30_000)
  let enrolled: Enrolled
  before(async () => {
    enrolled = await startEnrolled()
    await enrolled.approve()
  })
  after(() => enrolled?.[Symbol.asyncDispose]())

  it('finds nothing wrong with an agent that is enrolled and approved', async () => {
    const { findings } = await examined(enrolled)
    expect(findings.filter(({ state }) => state !== 'ok')).to.deep.equal([])
    const order = checkNames.filter((name) => name !== 'user')
    expect(findings.map(({ check }) => check)).to.deep.equal(order)
  })

  it('says for every problem what to do, in lines and as JSON', async () => {
    const file = await enrolled.changed(({ redis }) => {
      redis['url'] = 'redis://127.0.0.1:1'
    })
    const printed = await runPostern(['agent', 'doctor', '--config', file])
    expect(printed.code).to.equal(1)
    expect(printed.stdout).to.match(/^ok {7}settings/)
    expect(printed.stdout).to.match(/^PROBLEM {2}Redis .*\n +What to do: does it run/m)
    expect(printed.stdout).to.match(/^- +stream rights +not checked, because .* Redis$/m)
    const json = await runPostern(['agent', 'doctor', '--config', file, '--json'])
    expect(json.code).to.equal(1)
    const { findings } = JSON.parse(json.stdout) as { findings: Finding[] }
    for (const { state, advice } of findings) {
      expect(advice !== undefined, state).to.equal(state === 'problem')
    }
    expect(findings.filter(({ state }) => state === 'problem')).to.have.length(1)
  })

  it('changes nothing, and takes no question from the agent', async () => {
    using client = openRedis(enrolled)
    const { redis } = client
    const stream = 'postern:agent:agent-1:requests'
    await redis.xadd(stream, '*', 'session', 'x', 'question', 'y')
    const identity = join(enrolled.folder, 'identity')
    const seen = async () => [
      await redis.keys('postern:{heartbeats,replies,claim}*'),
      await redis.xinfo('STREAM', stream),
      await redis.xinfo('GROUPS', stream),
      await redis.pttl(stream),
      await readdir(identity),
    ]
    const before = await seen()
    expect((await examined(enrolled)).problems()).to.deep.equal([])
    expect(await seen()).to.deep.equal(before)
    await redis.del(stream)
  })

  it('says each mistake in the settings, and checks nothing that rests on them', async () => {
    const { of, notChecked } = await examined(enrolled, (settings) => {
      settings['concurency'] = 3
      settings['realms'] = []
    })
    expect(of('settings')).to.have.length(2)
    expect(of('settings')[0]?.says).to.match(/changed-\d+\.yaml:\d+:\d+: /)
    const others = checkNames.filter((name) => name !== 'settings' && name !== 'user')
    expect(notChecked()).to.deep.equal(others)
  })

  it('says that others can read the key', async () => {
    const key = join(enrolled.folder, 'identity/identity.key')
    await chmod(key, 0o644)
    const { of, problems } = await examined(enrolled)
    await chmod(key, 0o600)
    expect(of('keyFiles')[0]?.says).to.match(/identity\.key: other users can read it$/)
    expect(of('keyFiles')[0]?.advice).to.equal(`run: chmod 600 ${key}`)
    expect(problems()).to.deep.equal(['keyFiles'])
    expect(of('directory')[0]?.state).to.equal('ok')
  })

  it("says that the identity is another agent's, or that there is none", async () => {
    const other = await examined(enrolled, (settings) => {
      settings['name'] = 'agent-2'
    })
    expect(other.of('keyFiles')[0]?.says).to.contain('is the identity of agent-1')
    const none = await examined(enrolled, (settings) => {
      settings['identityDirectory'] = 'no-such-folder'
    })
    expect(none.of('keyFiles')[0]?.says).to.equal('holds no identity')
    expect(none.of('keyFiles')[0]?.advice).to.contain('postern agent enrol')
  })

  for (const [side, shift] of [
    ['ahead of', 10 * minutes],
    ['behind', -10 * minutes],
  ] as const) {
    it(`says that the clock is ten minutes ${side} the provider's`, async () => {
      const { of } = await examined(enrolled, undefined, { clock: clockShiftedBy(shift) })
      expect(of('clock')[0]?.says).to.match(new RegExp(`^this machine is (600|599)\\.. s ${side}`))
      expect(of('clock')[0]?.advice).to.contain('NTP')
      expect(of('approval')[0]?.advice).to.contain('NTP')
    })
  }

  it('says which host has no address', async () => {
    const { of } = await examined(enrolled, ({ redis }) => {
      redis['url'] = 'redis://no-such-host.invalid'
    })
    const wrong = of('dns').filter(({ state }) => state === 'problem')
    expect(wrong.map(({ about }) => about)).to.deep.equal(['no-such-host.invalid'])
    expect(of('redis')[0]?.state).to.equal('problem')
  })

  it('says that the proxy does not answer, or does not let it through', async () => {
    const port = await freePort()
    const dead = await examined(enrolled, (settings) => {
      settings['proxy'] = { url: `http://127.0.0.1:${port}` }
    })
    expect(dead.of('proxy')[0]?.says).to.contain('ECONNREFUSED')
    await using proxy = await startTinyproxy({ username: 'a', password: 'b' })
    const { of } = await examined(enrolled, (settings) => {
      settings['proxy'] = { url: proxy.url }
    })
    expect(of('proxy')[0]?.says).to.contain('407')
    expect(of('tls')[0]?.state).to.equal('notChecked')
  })

  it('goes through a proxy as the agent does', async () => {
    await using proxy = await startTinyproxy()
    const { problems, of } = await examined(enrolled, (settings) => {
      settings['proxy'] = { url: proxy.url }
    })
    expect(problems()).to.deep.equal([])
    expect(of('dns')[0]?.says).to.equal('the proxy looks the others up')
    expect(proxy.tunnels()).to.include(new URL(enrolled.issuer).host)
  })

  it('says that nobody trusts the certificate, or that nobody answers', async () => {
    const refused = await examinedAt(enrolled, `https://localhost:${await freePort()}`)
    expect(refused.of('tls')[0]?.says).to.contain('ECONNREFUSED')
    expect(refused.of('tls')[0]?.advice).to.contain('firewall')
    const authority = await createTestAuthority(enrolled.folder, 'web-ca')
    await authority.issue('web', { hosts: ['localhost'] })
    const read = (name: string) => readFile(join(enrolled.folder, name), 'utf8')
    const pair = { key: await read('web.key'), cert: await read('web.pem') }
    await using tls = await listening(createTlsServer(pair))
    const untrusted = await examinedAt(enrolled, `https://localhost:${tls.port}`)
    expect(untrusted.problems()).to.deep.equal(['tls'])
    expect(untrusted.of('tls')[0]?.advice).to.contain('issuerCaFile')
  })

  it('says that what answers is another provider, or none', async () => {
    let body = JSON.stringify({ issuer: 'https://elsewhere.example' })
    await using web = await listening(createServer((_, answer) => answer.end(body)))
    const other = await examinedAt(enrolled, `http://localhost:${web.port}`)
    expect(other.of('issuer')[0]?.says).to.contain('is https://elsewhere.example')
    expect(other.of('approval')[0]?.state).to.equal('notChecked')
    body = 'Welcome to nginx!'
    await using proxy = await listening(createServer((_, answer) => answer.end(body)))
    const none = await examinedAt(enrolled, `http://localhost:${proxy.port}`)
    expect(none.of('issuer')[0]?.says).to.contain('is no provider')
  })
})

async function listening(server: Server | TlsServer) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
