import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect } from 'chai'
import { startChangingOpenldap } from '../support/changing-directory.ts'
import { eventually } from '../support/eventually.ts'
import { openRedis } from '../support/open-redis.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

describe('a run of sign-ins', () => {
  let system: System
  before(async () => {
    system = await startSystem({ logLevel: 'trace' })
  })
  after(() => system[Symbol.asyncDispose]())

  it('leaves no password in any log, Redis key, Redis value or Redis command', async () => {
    const monitor = await watchRedis(system)
    const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    const wrong = 'wRong-but-still-a-secret-1'
    const right = system.directory.password
    expect((await app.signIn('ok@lab.test', right)).kind).to.equal('tokens')
    expect((await app.signIn('ok@lab.test', wrong)).kind).to.equal('page')
    expect((await app.signIn('nobody@lab.test', wrong)).kind).to.equal('page')
    await system.directory.kill()
    expect((await app.signIn('ok@lab.test', right)).kind).to.equal('page')

    const places = await search(system, monitor)
    expect(places['every log']).to.contain('PST-101')
    expectNowhere([right, wrong], places)
    const { 'every log': _, ...redis } = places
    expectNowhere(['ok@lab.test', 'nobody@lab.test', 'Given-ok', 'g-apps', clientSecret], redis)
  }).timeout(40_000)
})

describe('a run of changes of passwords', () => {
  it('leaves neither password in any log, Redis key, Redis value or Redis command', async () => {
    await using directory = await startChangingOpenldap()
    const { password: old, backends } = directory
    await using system = await startSystem({ logLevel: 'trace', backends })
    const monitor = await watchRedis(system)
    const app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    const fresh = 'Close-the-Gate-9'
    const short = 'Xq7-wv'
    for (const refused of [short, 'P@ssword1!']) {
      const { kind } = await app.signIn('expired@lab.test', old, refused)
      expect(kind).to.equal('page')
    }
    expect((await app.signIn('expired2@fixed.test', old, fresh)).kind).to.equal('page')
    expect((await app.signIn('expired@lab.test', old, fresh)).kind).to.equal('tokens')
    expect((await app.signIn('expired@lab.test', fresh)).kind).to.equal('tokens')

    const places = await search(system, monitor)
    for (const code of ['PST-152', 'PST-157']) expect(places['every log']).to.contain(code)
    expect(places['every log']).to.contain('"change":true')
    expectNowhere([old, fresh, short, 'P@ssword1!'], places)
  }).timeout(40_000)
})

type Places = Readonly<Record<string, string>>

async function search(system: System, monitor: Awaited<ReturnType<typeof watchRedis>>) {
  const places = {
    'every Redis command': monitor.seen(),
    'every Redis key and value': await dump(system),
    'every log': system.logged(),
  }
  await monitor.stop()
  expect(places['every Redis command']).to.match(/"xadd"/i)
  return places
}

function expectNowhere(secrets: readonly string[], places: Places): void {
  for (const [place, text] of Object.entries(places)) {
    const all = [text, ...decodedParts(text)].join('\n')
    for (const secret of secrets) {
      expect(all.includes(secret), `${secret} in ${place}`).to.equal(false)
    }
  }
}

/** What base64 would hide from a search: every part of every compact JWS and JWE. */
function decodedParts(text: string): string[] {
  return [...text.matchAll(/[\w-]{16,}/g)].map(([part]) =>
    Buffer.from(part, 'base64url').toString('utf8'),
  )
}

async function watchRedis(system: System) {
  const child = spawn('redis-cli', ['-u', system.redis.url, 'MONITOR'], { stdio: 'pipe' })
  let seen = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text
  })
  await eventually(() => seen.includes('OK'))
  return {
    seen: () => seen,
    stop: async () => {
      child.kill()
      await once(child, 'close')
    },
  }
}

async function dump(system: System): Promise<string> {
  using client = openRedis(system)
  const { redis } = client
  const lines: string[] = []
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key)
    const read: Record<string, () => Promise<unknown>> = {
      string: () => redis.get(key),
      list: () => redis.lrange(key, 0, -1),
      stream: () => redis.xrange(key, '-', '+'),
    }
    const value = await read[type]?.()
    if (value === undefined) throw new Error(`${key} is a ${type}: this test cannot read it`)
    lines.push(`${key} ${JSON.stringify(value)}`)
  }
  return lines.join('\n')
}
