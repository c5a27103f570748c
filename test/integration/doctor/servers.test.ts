import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { clockShiftedBy, examined } from '../../support/examined.ts'
import { openRedis } from '../../support/open-redis.ts'
import { runPostern } from '../../support/run-postern.ts'
import { type AgentYaml, type Enrolled, startEnrolled } from '../../support/start-enrolled.ts'

const days = 24 * 60 * 60_000

describe('postern agent doctor', function () {
  this.timeout(30_000)
  let enrolled: Enrolled
  before(async () => {
    enrolled = await startEnrolled()
  })
  after(() => enrolled?.[Symbol.asyncDispose]())

  const backendOf = ({ realms }: AgentYaml) => {
    const [realm] = realms
    if (realm === undefined) throw new Error('no realm')
    return realm.backend
  }

  it('says that an agent is not approved, and how it will be', async () => {
    const { of, problems } = await examined(enrolled)
    expect(problems()).to.deep.equal(['approval'])
    expect(of('approval')[0]?.says).to.match(/is pending .* [0-9a-f]{4} [0-9a-f]{4}/)
    expect(of('approval')[0]?.advice).to.contain('postern agents approve agent-1')
    await enrolled.approve()
    expect((await examined(enrolled)).problems()).to.deep.equal([])
  })

  it('says that an agent is drained', async () => {
    await enrolled.admin('agents', 'drain', 'agent-1')
    const { of } = await examined(enrolled)
    await enrolled.admin('agents', 'undrain', 'agent-1')
    expect(of('approval')[0]?.advice).to.contain('postern agents undrain agent-1')
  })

  it('says that a certificate has ended, or should have been renewed', async () => {
    const later = await examined(enrolled, undefined, { clock: clockShiftedBy(8 * days) })
    expect(later.of('certificate')[0]?.says).to.contain('it has ended')
    const soon = await examined(enrolled, undefined, { clock: clockShiftedBy(6 * days) })
    expect(soon.of('certificate')[0]?.says).to.contain('should have been renewed')
  })

  it('says which rights a user of Redis has not', async () => {
    using client = openRedis(enrolled)
    const few = ['~postern:heartbeats', '+@connection', '+info', '+xadd', '+set']
    await client.redis.call('ACL', 'SETUSER', 'poor', 'on', '>secret', ...few)
    await writeFile(join(enrolled.folder, 'poor'), 'secret', { mode: 0o600 })
    const { of, problems } = await examined(enrolled, ({ redis }) => {
      redis['username'] = 'poor'
      redis['passwordFile'] = 'poor'
    })
    expect(problems()).to.deep.equal(['streamRights'])
    const missing = 'XREADGROUP, XGROUP, XACK, XDEL, PEXPIRE, XTRIM, XADD, SET'
    expect(of('streamRights')[0]?.says).to.contain(missing)
  })

  it('finds nothing wanting with the user that an agent is given', async () => {
    const { problems } = await examined(enrolled, ({ redis }) => {
      expect(redis['username']).to.equal('agent-agent-1')
    })
    expect(problems()).to.deep.equal([])
  })

  it('says that Redis does not accept the password', async () => {
    await writeFile(join(enrolled.folder, 'wrong'), 'wrong', { mode: 0o600 })
    const { of } = await examined(enrolled, ({ redis }) => {
      redis['username'] = 'poor'
      redis['passwordFile'] = 'wrong'
    })
    expect(of('redis')[0]?.says).to.contain('does not accept the user name or the password')
    expect(of('streamRights')[0]?.state).to.equal('notChecked')
  })

  it('says which directory server does not answer, and goes on with the other', async () => {
    const { of } = await examined(enrolled, (settings) => {
      backendOf(settings).urls.unshift('ldaps://127.0.0.1:1')
    })
    expect(of('directory').map(({ state }) => state)).to.deep.equal(['problem', 'ok'])
    expect(of('directory')[0]?.says).to.contain('ECONNREFUSED')
    expect(of('serviceAccount').map(({ state }) => state)).to.deep.equal(['ok'])
  })

  it('says that the certificate of a directory server is not trusted', async () => {
    const { of } = await examined(enrolled, (settings) => {
      delete backendOf(settings)['caFile']
    })
    expect(of('directory')[0]?.says).to.contain('certificate refused')
    expect(of('directory')[0]?.advice).to.contain('caFile')
    expect(of('serviceAccount')[0]?.state).to.equal('notChecked')
  })

  it('says that the service account is refused, or may not search there', async () => {
    const wrong = join(enrolled.folder, 'wrong')
    const refused = await examined(enrolled, (settings) => {
      backendOf(settings)['bindPasswordFile'] = wrong
    })
    expect(refused.problems()).to.deep.equal(['serviceAccount'])
    expect(refused.of('serviceAccount')[0]?.says).to.contain('service bind: result 49')
    const elsewhere = await examined(enrolled, (settings) => {
      backendOf(settings)['baseDn'] = 'ou=nowhere,dc=lab,dc=test'
    })
    expect(elsewhere.of('serviceAccount')[0]?.says).to.contain('search: result 32')
    expect(elsewhere.of('serviceAccount')[0]?.advice).to.contain('baseDn')
  })

  it('says that nobody would be in any group, where entries do not name theirs', async () => {
    const { of, problems } = await examined(enrolled, (settings) => {
      backendOf(settings)['baseDn'] = 'ou=branch,dc=lab,dc=test'
      backendOf(settings)['groups'] = { baseDn: 'ou=groups,dc=lab,dc=test' }
    })
    expect(problems()).to.deep.equal(['serviceAccount'])
    expect(of('serviceAccount')[0]?.says).to.contain('nobody has `memberOf`')
    expect(of('serviceAccount')[0]?.advice).to.contain('groups.from: member')
  })

  it('finds nothing wanting where passwords may be changed, and the server can', async () => {
    const { problems } = await examined(enrolled, (settings) => {
      backendOf(settings)['changePasswords'] = true
    })
    expect(problems()).to.deep.equal([])
  })

  it('finds a test user, without a password and without a bind', async () => {
    const person = { username: 'ok@lab.test' }
    const before = await enrolled.directory.binds()
    const found = await examined(enrolled, undefined, { person })
    expect(found.of('user').map(({ state }) => state)).to.deep.equal(['ok'])
    expect(await enrolled.directory.binds(), 'of the service account').to.equal(before + 1)
    const nobody = await examined(enrolled, undefined, { person: { username: 'nobody' } })
    expect(nobody.of('user')[0]?.says).to.equal('nobody has this name')
    const without = await examined(
      enrolled,
      (settings) => {
        backendOf(settings)['idAttribute'] = 'pager'
      },
      { person },
    )
    expect(without.of('user')[0]?.says).to.contain('no single pager')
  })

  it('signs a test user in with a password from standard input alone', async () => {
    const doctor = ['agent', 'doctor', '--config', enrolled.config, '--user', 'ok@lab.test']
    const withPassword = async (password: string) =>
      runPostern([...doctor, '--password-stdin'], { input: `${password}\n` })
    const right = await withPassword(enrolled.directory.password)
    expect(right.stdout).to.match(/test user +realm lab: would be let in$/m)
    expect(right.code).to.equal(0)
    const wrong = await withPassword('not-the-password')
    expect(wrong.stdout)
      .to.contain('would not be let in')
      .and.to.match(/PST-10\d/)
    expect(wrong.code).to.equal(1)
    for (const { stdout, stderr } of [right, wrong]) {
      expect(stdout + stderr).not.to.contain(enrolled.directory.password)
      expect(stdout + stderr).not.to.contain('not-the-password')
    }
    const onTheLine = await runPostern([...doctor, '--password', 'secret'])
    expect(onTheLine.code).to.equal(2)
  })

  it('says that an agent has been revoked', async () => {
    await enrolled.admin('agents', 'revoke', 'agent-1')
    const { of } = await examined(enrolled)
    expect(of('approval')[0]).to.include({ state: 'problem' })
    expect(of('approval')[0]?.advice).to.contain('enrol the agent again')
  })
})
