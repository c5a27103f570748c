import { once } from 'node:events'
import { chmod, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import { type Ran, runPostern } from '../../support/run-postern.ts'
import { createSettingsFolder, type SettingsFolder } from '../../support/settings-folder.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

/** What is in the way of a start is said in one clear message; nothing is left half started. */
describe('postern serve and agent run, when they cannot start', function () {
  this.timeout(30_000)

  let redis: RedisServer
  before(async () => {
    redis = await startRedis({ password: 'sesame' })
  })
  after(() => redis.stop())

  let folder: SettingsFolder
  beforeEach(async () => {
    const settings = { redis: { url: redis.url, passwordFile: 'redis.secret' } }
    folder = await createSettingsFolder({ provider: settings, agent: settings })
    await folder.write('redis.secret', 'sesame')
  })
  afterEach(() => folder[Symbol.asyncDispose]())

  const serve = () => runPostern(['serve', '--config', folder.provider])
  const agent = () => runPostern(['agent', 'run', '--config', folder.agent])
  const both: readonly [name: string, run: () => Promise<Ran>, key: string][] = [
    ['serve', serve, 'channel.pem'],
    ['agent run', agent, 'identity/identity.key'],
  ]

  for (const [name, run, key] of both) {
    describe(name, () => {
      it('says that the settings file is not there', async () => {
        await rm(join(folder.path, 'provider.yaml'))
        await rm(join(folder.path, 'agent.yaml'))
        expectRefusal(await run(), 2, /^postern: \S+\.yaml: there is no such file$/)
      })

      it('lists every setting that is missing or misspelt, with its line and column', async () => {
        await folder.write('provider.yaml', 'isuer: https://id.example\n')
        await folder.write('agent.yaml', 'nmae: corp-1\n')
        const { code, stderr } = await run()
        expect(code).to.equal(2)
        const [title, ...problems] = stderr.trimEnd().split('\n')
        expect(title).to.match(/^postern: \d+ settings are not right\.$/)
        expect(problems.length).to.be.greaterThan(3)
        for (const problem of problems) expect(problem).to.match(/^ {2}\S+\.yaml:1:1: \w+: /)
        expect(stderr).to.contain('did you mean')
      })

      it('says that its key file is not there', async () => {
        await rm(join(folder.path, key))
        expectRefusal(
          await run(),
          2,
          /^postern: \S+(\.pem: there is no such file|: holds no identity; `postern agent enrol` gets one)$/,
        )
      })

      it('says that its key file is no key', async () => {
        await folder.write(key, 'something else')
        expectRefusal(
          await run(),
          2,
          /^postern: \S+\.(pem|key): (this is|there is) no private key \(PEM\)/,
        )
      })

      it('refuses a key that others can read, and says what to do', async () => {
        await chmod(join(folder.path, key), 0o644)
        const said = /^postern: (\S+): other users can read it; run: chmod 600 \1$/
        expectRefusal(await run(), 2, said)
      })

      it('says that Redis does not accept the password', async () => {
        await folder.write('redis.secret', 'wrong')
        const said = /^postern: Redis at \S+ does not accept the user name or the password$/
        expectRefusal(await run(), 2, said)
      })

      it('says that the password file of Redis is not there', async () => {
        await rm(join(folder.path, 'redis.secret'))
        expectRefusal(await run(), 2, /^postern: \S+redis\.secret: there is no such file$/)
      })
    })
  }

  it('serve refuses a data key that is too short', async () => {
    await folder.write('data.key', 'c2hvcnQ')
    const said = /^postern: \S+data\.key: is no data key; `postern keys create data` makes one$/
    expectRefusal(await serve(), 2, said)
  })

  it('serve lists what is wrong with client files', async () => {
    const bad = 'client_id: bad\ntoken_endpoint_auth_method: none\nredirect_uris: [http://x]\n'
    await folder.write('clients/bad.yaml', bad)
    expectRefusal(await serve(), 2, /^postern: \S+bad\.yaml:3:17: redirect_uris\[0\]: /)
  })

  it('serve says that its port is in use', async () => {
    await using taken = await takePort()
    const listen = { host: '127.0.0.1', port: taken.port }
    const settings = { redis: { url: redis.url, passwordFile: 'redis.secret' }, listen }
    await using own = await createSettingsFolder({ provider: settings })
    await own.write('redis.secret', 'sesame')
    const ran = await runPostern(['serve', '--config', own.provider])
    expectRefusal(ran, 1, new RegExp(`^postern: 127\\.0\\.0\\.1:${taken.port} is in use`))
  })

  it('local says that its port is in use, and how to choose another', async () => {
    await using taken = await takePort()
    const ran = await runPostern(['local', '--port', String(taken.port)])
    expectRefusal(ran, 1, new RegExp(`^postern: 127\\.0\\.0\\.1:${taken.port} is in use.+--port`))
  })

  it('local says that Redis does not accept the password', async () => {
    const address = `redis://:wrong@127.0.0.1:${redis.port}`
    const said = /^postern: Redis at \S+ does not accept the user name or the password$/
    expectRefusal(await runPostern(['local', '--port', '0', '--redis', address]), 2, said)
  })

  it('local says that there is no Redis', async () => {
    const ran = await runPostern(['local', '--port', '0', '--redis', 'redis://127.0.0.1:1'])
    expectRefusal(ran, 1, /^postern: Redis at 127\.0\.0\.1:1 cannot be reached: /)
  })
})

/** One line, on standard error alone; the log may have said how far it came. */
function expectRefusal({ code, stdout, stderr }: Ran, expected: number, said: RegExp): void {
  expect(stderr.trimEnd()).to.match(said)
  expect(stderr.trimEnd().split('\n'), stderr).to.have.length(1)
  expect(code).to.equal(expected)
  expect(stdout).not.to.contain(' ready')
}

async function takePort(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const closed = once(server, 'close')
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await closed
    },
  }
}
