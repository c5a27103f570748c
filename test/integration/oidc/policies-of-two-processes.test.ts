import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type LoggedLine, linesIn } from '../../support/logged.ts'
import { type PosternProcess, startPostern } from '../../support/postern-process.ts'
import { createRelyingParty, type RelyingParty } from '../../support/relying-party.ts'
import { clientSecret, type System, startSystem } from '../../support/start-system.ts'

const password = 'a-password-of-the-test'
const everybody = {
  users: { includeUsers: ['All'] },
  applications: { includeApplications: ['All'] },
}

/** Two processes of a provider, as behind a load balancer, with one Redis and one folder of policies. */
describe('policies of two processes', function () {
  this.timeout(60_000)
  const ends = new AsyncDisposableStack()
  let folder: string
  let system: System
  let processes: readonly PosternProcess[]
  let balancer: Balancer
  let app: RelyingParty

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-two-'))
    ends.defer(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'people.yaml'), stringify({ users: await usersOf('ann', 'ben') }))
    await Promise.all(['green', 'blue'].map((name) => writeSet(name, limits(name))))
    const signInRiskLevels = ['medium', 'high']
    await writeSet('risk', {
      risky: {
        conditions: { ...everybody, signInRiskLevels },
        grantControls: { builtInControls: ['block'] },
      },
    })
    await put('green')
    const ports = [await freePort(), await freePort()]
    const listen = (at: number) => ({ listen: { host: '127.0.0.1', port: ports[at] } })
    system = await startSystem({
      backends: { lab: { type: 'file', file: join(folder, 'people.yaml') } },
      provider: { ...listen(0), policiesDirectory: join(folder, 'policies') },
    })
    ends.use(system)
    const settings = parse(await readFile(join(system.folder, 'provider.yaml'), 'utf8')) as object
    const file = join(system.folder, 'other-provider.yaml')
    await writeFile(file, stringify({ ...settings, ...listen(1) }), { mode: 0o600 })
    const other = ends.use(startPostern(['serve', '--config', file]))
    await other.says('provider ready', 30_000)
    await other.says('agent heard', 30_000)
    processes = [system.provider, other]
    balancer = ends.use(await startBalancer(Number(new URL(system.issuer).port), ports))
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
  })
  after(() => ends.disposeAsync())

  async function writeSet(name: string, policies: Record<string, object>): Promise<void> {
    await mkdir(join(folder, name))
    for (const [policy, parts] of Object.entries(policies)) {
      const whole = { displayName: policy, state: 'enabled', conditions: everybody, ...parts }
      await writeFile(join(folder, name, `${policy}.yaml`), stringify(whole))
    }
  }
  /** In the place of what is there, at once, as tools for deployment do. */
  async function put(set: string): Promise<void> {
    await symlink(set, join(folder, 'next'))
    await rename(join(folder, 'next'), join(folder, 'policies'))
  }
  const said = (one: PosternProcess, what: string): readonly LoggedLine[] =>
    linesIn(one.output()).filter(({ msg }) => msg === what)
  const read = (one: PosternProcess): string =>
    String(said(one, 'policies read again').at(-1)?.['enabled'])

  it('change twenty times under load: each decision is by one whole set, and no sign-in fails', async () => {
    const kinds = new Map<string, number>()
    const over = new AbortController()
    const signInOn = async (name: string): Promise<void> => {
      while (!over.signal.aborted) {
        const { kind } = await app.signIn(name, password)
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
    }
    const people = ['ann', 'ben', 'ann', 'ben'].map(signInOn)
    for (let turn = 1; turn <= 20; turn += 1) {
      const set = turn % 2 === 1 ? 'blue' : 'green'
      await put(set)
      const isRead = (one: PosternProcess) => read(one) === namesOf(set).join(',')
      await eventually(() => processes.every(isRead), { within: 3_000 })
    }
    over.abort()
    await Promise.all(people)

    expect([...kinds.keys()]).to.deep.equal(['tokens'])
    const whole = [namesOf('green'), namesOf('blue')].map(String)
    for (const one of processes) {
      const decisions = said(one, 'conditional access').map(({ policies }) => String(policies))
      expect([...new Set(decisions)]).to.have.members(whole)
      const sets = said(one, 'policies read again').map(({ enabled }) => String(enabled))
      expect(new Set(sets)).to.deep.equal(new Set(whole))
      expect(said(one, 'policies not changed: the last good ones stay')).to.deep.equal([])
    }
  })

  it('ask for one risk, which both measure by what either has seen', async () => {
    await put('risk')
    await eventually(() => processes.every((one) => read(one) === 'risky'), { within: 3_000 })
    expect((await app.signIn('ann', password)).kind).to.equal('tokens')
    for (const at of [0, 1]) {
      balancer.only(at)
      await Promise.all(Array.from({ length: 10 }, () => app.signIn('ann', 'wrong')))
    }
    for (const at of [0, 1]) {
      balancer.only(at)
      expect((await app.signIn('ann', password)).kind).to.equal('page')
      const line = said(processes[at] as PosternProcess, 'conditional access').at(-1)
      expect(line).to.deep.include({ decision: 'block', policies: ['risky'] })
      expect(JSON.stringify(line?.['risk'])).to.include('"fact":"failuresBefore","points":45')
    }
    // Others from the same address are not as risky.
    expect((await app.signIn('ben', password)).kind).to.equal('tokens')
  })
})

const namesOf = (set: string): readonly string[] =>
  Array.from({ length: 12 }, (_, at) => `${set}-${String(at).padStart(2, '0')}`)

/** Policies that apply to everybody, and stop nobody. */
function limits(set: string): Record<string, object> {
  const sessionControls = { tokenLifetime: { value: 5, type: 'minutes' } }
  return Object.fromEntries(namesOf(set).map((name) => [name, { sessionControls }]))
}

async function usersOf(...names: readonly string[]): Promise<readonly object[]> {
  const passwordHash = await hash(password, { memoryCost: 8, timeCost: 1 })
  return names.map((username) => ({ username, id: `${username}-id`, passwordHash, claims: {} }))
}

interface Balancer extends AsyncDisposable {
  /** From now on every connection goes to this one, and those that there are end. */
  only(at: number): void
}

/** Each connection goes to the next of the ports. */
async function startBalancer(port: number, ports: readonly number[]): Promise<Balancer> {
  let next = 0
  let chosen: number | undefined
  const ends = new Set<() => void>()
  const server = createServer((client) => {
    next += 1
    const target = connect(ports[chosen ?? next % ports.length] ?? 0, '127.0.0.1')
    const end = () => {
      client.destroy()
      target.destroy()
      ends.delete(end)
    }
    ends.add(end)
    for (const socket of [client, target]) socket.on('error', end).on('close', end)
    client.pipe(target).pipe(client)
  }).listen(port, 'localhost')
  await once(server, 'listening')
  const endAll = () => {
    for (const end of ends) end()
  }
  return {
    only: (at) => {
      chosen = at
      endAll()
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      endAll()
      await once(server, 'close')
    },
  }
}
