import { expect } from 'chai'
import { pino } from 'pino'
import { createSecondFactors } from '../../../provider/mfa/create-second-factors.ts'
import { createRecoveryCodes } from '../../../provider/mfa/recovery-codes.ts'
import type { SecondFactors } from '../../../provider/mfa/second-factors.ts'
import { createTemporaryAccessPass } from '../../../provider/mfa/temporary-access-pass.ts'
import { createAccounts } from '../../../provider/oidc/accounts/accounts.ts'
import { providerSettings } from '../../../provider/settings-schema.ts'
import { systemClock as clock } from '../../../shared/clock.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { readSettings } from '../../../shared/settings.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const sub = 'corp:4c1d'
const username = 'Ada@corp.example'
const person = { sub, username }

describe('postern factors', function () {
  this.timeout(60_000)

  let redis: RedisServer
  let folder: SettingsFolder
  let carriers: RedisCarriers
  let door: SecondFactors

  before(async () => {
    redis = await startRedis()
    folder = await createSettingsFolder({ provider: { redis: { url: redis.url } } })
    const settings = await readSettings(folder.provider, providerSettings)
    carriers = await openCarriers({ url: redis.url, keyPrefix: settings.redis?.keyPrefix ?? '' })
    const dataKey = Buffer.from((await folder.read('data.key')).trim(), 'base64url')
    const store = sealedStore(carriers.store, dataKey, clock)
    const { lifetimes } = settings
    const account = { id: '4c1d', username, signedInAs: username, groups: [], claims: {} }
    await createAccounts({ store, lifetimes, clock }).save(sub, account)
    const log = pino({ level: 'silent' })
    const factors = [createRecoveryCodes({ clock }), createTemporaryAccessPass({ clock })]
    door = createSecondFactors({ store, clock, log, factors })
  })

  after(async () => {
    await carriers.dispose()
    await folder[Symbol.asyncDispose]()
    await redis.stop()
  })

  const run = (...args: string[]) =>
    runPostern(['factors', ...args, '--config', folder.provider], { cwd: folder.path })

  async function proves(code: string): Promise<object> {
    const begun = await door.begin({ purpose: 'verify', method: 'temporaryAccessPass', person })
    if ('refused' in begun) throw new Error(begun.refused)
    return door.prove({ challenge: begun.id, sub, form: new Map([['code', code]]) })
  }

  it('pass makes one that is good once, for who is meant by the name they type', async () => {
    const { code, stdout, stderr } = await run('pass', 'ada@CORP.example')
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' })
    const [pass = '', , sentence] = stdout.split('\n')
    expect(sentence).to.match(/^Good once, until .* UTC, for corp:4c1d\. It is not shown again\.$/)
    expect(await proves(pass)).to.have.nested.property('proven.person.username', username)
    expect(await proves(pass)).to.deep.equal({ refused: 'used' })
  })

  it('pass makes one for several sign-ins, for somebody who has never signed in', async () => {
    const asked = ['corp:new', '--minutes', '1440', '--several', '--json']
    const issued = JSON.parse((await run('pass', ...asked)).stdout) as object
    expect(issued).to.include({ sub: 'corp:new', lifetime: 1440, isOnce: false })
    const [factor] = await door.of('corp:new')
    expect(issued).to.include({ ends: factor?.ends })
  })

  it('pass says how long one can be good for', async () => {
    const { code, stderr } = await run('pass', sub, '--minutes', '5')
    expect({ code, stderr }).to.deep.equal({
      code: 2,
      stderr: 'postern: --minutes must be a whole number from 10 to 43200\n',
    })
  })

  it('list shows what there is, and nothing secret', async () => {
    const codes = await door.begin({ purpose: 'enrol', method: 'recoveryCode', person })
    if ('refused' in codes) throw new Error(codes.refused)
    await door.enrol({ challenge: codes.id, sub, form: new Map() })
    const { stdout } = await run('list', username)
    expect(stdout).to.match(/^corp:4c1d\n {2}temporaryAccessPass .* last used .* until .* UTC\n/)
    expect(stdout).to.match(/\n {2}recoveryCode +Recovery codes +since .* never used +10 left\n$/)
    const json = JSON.parse((await run('list', username, '--json')).stdout) as object
    expect(json).to.deep.equal({ sub, factors: await door.of(sub) })
  })

  it('reset removes all of it', async () => {
    expect((await run('reset', username)).stdout).to.equal('corp:4c1d: 2 removed.\n')
    expect(await door.of(sub)).to.deep.equal([])
    expect((await run('list', username)).stdout).to.equal('corp:4c1d has no second factor.\n')
  })

  it('says of a name that nobody has signed in by what to give instead', async () => {
    const { code, stderr } = await run('list', 'bob')
    expect(code).to.equal(1)
    expect(stderr).to.match(/^postern: nobody has signed in as bob\..*REALM:ID/)
  })
})
