import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { keyId } from '../../../shared/envelope-keys.ts'
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

  const readPublic = async (file: string) => (await keys('public', file)).stdout.trim()
  const keys = (...args: string[]) => runPostern(['keys', ...args], { cwd: folder.path })

  it('creates a channel key that its owner alone can read, and prints its public half', async () => {
    const { code, stdout } = await keys('create', 'channel', 'new.pem')
    expect(code).to.equal(0)
    expect(stdout.trimEnd().split('\n').at(-1)).to.match(spkiOfP256)
    expect((await stat(join(folder.path, 'new.pem'))).mode & 0o777).to.equal(0o600)
    expect(await folder.read('new.pem')).to.contain('BEGIN PRIVATE KEY')
  })

  it('prints the public half again, and nothing else', async () => {
    const made = await keys('create', 'channel', 'again.pem', '--json')
    const { publicKey } = JSON.parse(made.stdout) as { publicKey: string }
    const { code, stdout, stderr } = await keys('public', 'again.pem')
    expect({ code, stdout, stderr }).to.deep.equal({
      code: 0,
      stdout: `${publicKey}\n`,
      stderr: '',
    })
  })

  it('creates an authority in a folder of its owner alone, and never a second one there', async () => {
    const { code } = await keys('create', 'authority', 'new-authority')
    expect(code).to.equal(0)
    expect((await stat(join(folder.path, 'new-authority'))).mode & 0o777).to.equal(0o700)
    const key = join(folder.path, 'new-authority', 'authority.key')
    expect((await stat(key)).mode & 0o777).to.equal(0o600)
    const again = await keys('create', 'authority', 'new-authority')
    expect(again.code).to.equal(2)
    expect(again.stderr).to.match(/^postern: new-authority: holds an authority already/)
  })

  it('rotates an authority, and keeps the certificate of the one before', async () => {
    await keys('create', 'authority', 'turning')
    const before = await folder.read('turning/authority.pem')
    const { code, stdout } = await keys('rotate', 'authority', 'turning')
    expect(code).to.equal(0)
    expect(stdout).to.match(/^turning: another key certifies from now on/)
    const after = await folder.read('turning/authority.pem')
    expect(after.match(/BEGIN CERTIFICATE/g)).to.have.length(2)
    expect(after).to.contain(before.trim())
  })

  it('puts a new channel key before the old one, up to four', async () => {
    await keys('create', 'channel', 'turning.pem')
    const old = await readPublic('turning.pem')
    const { code, stdout } = await keys('rotate', 'channel', 'turning.pem', '--json')
    expect(code).to.equal(0)
    const { keys: ids, changed } = JSON.parse(stdout) as { keys: string[]; changed: string[] }
    expect(ids).to.have.length(2)
    expect(ids.slice(0, 1)).to.deep.equal(changed)
    expect(ids[1]).to.equal(keyId(old))
    expect(keyId(await readPublic('turning.pem')), 'the newest is the one').to.equal(ids[0])
    expect((await stat(join(folder.path, 'turning.pem'))).mode & 0o777).to.equal(0o600)
    await keys('rotate', 'channel', 'turning.pem')
    await keys('rotate', 'channel', 'turning.pem')
    const fifth = await keys('rotate', 'channel', 'turning.pem')
    expect(fifth.code).to.equal(2)
    expect(fifth.stderr).to.match(/holds 4 keys already; `postern keys retire channel`/)
  })

  it('says what rotate needs', async () => {
    expect((await keys('rotate')).stderr).to.match(
      /^postern: keys rotate needs --config, or channel/,
    )
    expect((await keys('rotate', 'channel')).stderr).to.match(/^postern: which channel\?/)
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
    const lost = await keys('create', 'channel', 'no/such/folder.pem')
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
