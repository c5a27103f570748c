import { expect } from 'chai'
import { claimsIn } from '../support/claims.ts'
import { eventually } from '../support/eventually.ts'
import { openRedis } from '../support/open-redis.ts'
import { personBinds } from '../support/person-binds.ts'
import {
  createRelyingParty,
  type RelyingParty,
  type SignInResult,
} from '../support/relying-party.ts'
import { clientSecret, type Lines, type System, startSystem } from '../support/start-system.ts'

/** Lines on which nothing arrives and nobody is told; a line that breaks is in `one-bind.test.ts`. */
let people = 0
const nextPerson = () => `u${String((people += 1)).padStart(6, '0')}`

describe('when a line falls silent in the midst of a question', function () {
  this.timeout(60_000)
  let system: System
  let app: RelyingParty

  before(async () => {
    people = 0
    system = await startSystem({ agents: 2, people: 60, lines: true, directoryLog: true })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    await works()
  })
  after(() => system?.[Symbol.asyncDispose]())
  afterEach(() => {
    for (const line of allLines()) line.mend()
    system.directory.resume()
  })

  const allLines = () => Object.values<Lines[keyof Lines]>({ ...system.lines })
  const signIn = (uid: string) => app.signIn(`${uid}@lab.test`, system.directory.password)
  const works = () =>
    eventually(async () => (await signIn('ok')).kind === 'tokens', { within: 20_000 })
  const binds = (uid: string) => personBinds(system.directory).get(uid) ?? 0

  async function signInUntilClaimed(uid: string) {
    const before = await claimsIn(system)
    system.directory.pause()
    const result = signIn(uid)
    await eventually(async () => {
      const claims = await claimsIn(system)
      return [...claims.keys()].some((key) => !before.has(key))
    })
    return { result }
  }

  /** In time; nobody speaks of a wrong password. */
  async function expectSorry(result: Promise<SignInResult>): Promise<void> {
    const started = performance.now()
    const ended = await result
    expect(performance.now() - started).to.be.below(15_000)
    if (ended.kind === 'tokens') throw new Error('signed in')
    expect(ended.text).not.to.contain('not right')
    expect(ended.reference).to.be.a('string')
  }

  /** Without a restart, and with what was held arriving late. */
  async function recovers(uid: string): Promise<void> {
    for (const line of allLines()) line.mend()
    await works()
    const results = await Promise.all(Array.from({ length: 6 }, () => signIn(nextPerson())))
    for (const { kind } of results) expect(kind).to.equal('tokens')
    expect(binds(uid)).to.be.at.most(1)
  }

  for (const [who, line] of [
    ['provider and Redis', 'providerToRedis'],
    ['agents and Redis', 'agentsToRedis'],
    ['agents and directory', 'agentsToDirectory'],
  ] as const) {
    it(`between ${who}, one bind is made at most, and all goes on when it speaks again`, async () => {
      const uid = nextPerson()
      const { result } = await signInUntilClaimed(uid)
      system.lines[line].hold()
      system.directory.resume()
      await expectSorry(result)
      await recovers(uid)
    })
  }

  it('between agents and Redis before the question, nobody binds for whom has gone', async () => {
    system.lines.agentsToRedis.hold()
    const uid = nextPerson()
    await expectSorry(signIn(uid))
    await recovers(uid)
    expect(binds(uid)).to.equal(0)
  })

  it('because Redis pauses its clients, one bind is made at most', async () => {
    using client = openRedis(system)
    const uid = nextPerson()
    const { result } = await signInUntilClaimed(uid)
    await client.redis.client('PAUSE', 6_000, 'ALL')
    system.directory.resume()
    await expectSorry(result)
    await recovers(uid)
  })

  it('because Redis lets nobody write for a moment, one bind is made and the answer arrives', async () => {
    using client = openRedis(system)
    const uid = nextPerson()
    const { result } = await signInUntilClaimed(uid)
    await client.redis.client('PAUSE', 1_000, 'WRITE')
    system.directory.resume()
    expect((await result).kind).to.equal('tokens')
    expect(binds(uid)).to.equal(1)
  })
})
