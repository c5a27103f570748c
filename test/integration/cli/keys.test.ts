import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'
import { startRedis } from '../../support/start-redis.ts'

const spkiOfP256 = /^MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE[\w+/]{86}==$/

describe('postern keys', () => {
  let folder: SettingsFolder
  before(async () => {
    folder = await createSettingsFolder()
  })
  after(() => folder[Symbol.asyncDispose]())

  const keys = (...args: string[]) => runPostern(['keys', ...args], { cwd: folder.path })

  for (const kind of ['channel', 'agent']) {
    it(`creates a key file for ${kind} that its owner alone can read, and prints what to pin`, async () => {
      const { code, stdout } = await keys('create', kind, `new-${kind}.pem`)
      expect(code).to.equal(0)
      expect(stdout.trimEnd().split('\n').at(-1)).to.match(spkiOfP256)
      expect((await stat(join(folder.path, `new-${kind}.pem`))).mode & 0o777).to.equal(0o600)
      expect(await folder.read(`new-${kind}.pem`)).to.contain('BEGIN PRIVATE KEY')
    })
  }

  it('prints the public half again, and nothing else', async () => {
    const made = await keys('create', 'agent', 'again.pem', '--json')
    const { publicKey } = JSON.parse(made.stdout) as { publicKey: string }
    const { code, stdout, stderr } = await keys('public', 'again.pem')
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 0,
      stdout: `${publicKey}\n`,
      stderr: '',
    })
  })

  it('creates a data key of 32 bytes, and prints none of it', async () => {
    const { code, stdout } = await keys('create', 'data', 'new-data.key')
    const key = (await folder.read('new-data.key')).trim()
    expect(code).to.equal(0)
    expect(Buffer.from(key, 'base64url')).to.have.length(32)
    expect(stdout).not.to.contain(key)
    expect((await stat(join(folder.path, 'new-data.key'))).mode & 0o777).to.equal(0o600)
  })

  it('never overwrites a file', async () => {
    const before = await folder.read('data.key')
    const { code, stderr } = await keys('create', 'data', 'data.key')
    expect(code).to.equal(2)
    expect(stderr).to.equal('postern: data.key: is there already, and a key is never overwritten\n')
    expect(await folder.read('data.key')).to.equal(before)
  })

  it('says why a file cannot be written or read', async () => {
    const lost = await keys('create', 'agent', 'no/such/folder.pem')
    expect(lost.stderr).to.equal('postern: no/such/folder.pem: its folder is not there\n')
    const wrong = await keys('public', 'data.key')
    expect(wrong.stderr).to.match(/^postern: data\.key: this is no private key \(PEM\)/)
    expect([lost.code, wrong.code]).to.deep.equal([2, 2])
  })

  describe('of tokens', function () {
    this.timeout(30_000)

    it('says so when there are none yet, then rotates, and lists them', async () => {
      await using redis = await startRedis()
      await using own = await createSettingsFolder({ provider: { redis: { url: redis.url } } })
      const run = (...args: string[]) => runPostern(['keys', ...args, '--config', own.provider])
      expect((await run('list')).stdout).to.match(/^There are none yet/)

      const rotated = await run('rotate', '--json')
      const { keys: made } = JSON.parse(rotated.stdout) as { keys: { alg: string; kid: string }[] }
      expect(made.map(({ alg }) => alg)).to.have.members(['RS256', 'PS256', 'ES256'])

      const { code, stdout } = await run('list')
      expect(code).to.equal(0)
      for (const { kid } of made) expect(stdout).to.contain(kid)
      expect(stdout).to.match(/^algorithm +state +signs from +key id$/m)
      expect(rotated.stdout + stdout, 'private halves').not.to.contain('"d"')
    })

    it('says in one sentence that Redis is not there', async () => {
      const { code, stderr } = await runPostern(['keys', 'list', '--config', folder.provider])
      expect(code).to.equal(1)
      expect(stderr).to.match(/^postern: Redis at 127\.0\.0\.1:1 cannot be reached: .+\n$/)
    })
  })
})
