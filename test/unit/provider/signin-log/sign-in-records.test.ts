import { expect } from 'chai'
import type { AccessEntry } from '../../../../provider/signin-log/access-entry.ts'
import { readPolicySets } from '../../../../provider/signin-log/policy-sets.ts'
import { readRecords } from '../../../../provider/signin-log/read-records.ts'
import { createSignInRecords } from '../../../../provider/signin-log/sign-in-records.ts'
import type { SigninAsked } from '../../../../provider/signin-log/signin-log.ts'
import { Fault } from '../../../../shared/fault.ts'
import { createLog } from '../../../../shared/log.ts'
import type { Outcome } from '../../../../shared/outcome.ts'
import { sealedStore } from '../../../../shared/sealed-store.ts'
import type { Store } from '../../../../shared/store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { eventually } from '../../../support/eventually.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const log = createLog({ level: 'silent', process: 'test' })
const dayLong = 86_400_000
const where = { reference: '7KQ-M2X-9TF', clientAddress: '192.0.2.1', clientId: 'shop' }
const typed: SigninAsked = { ...where, realm: 'corp', username: 'Alice@corp.example' }
const ok: Outcome = { name: 'ok', account: { id: '1', claims: { preferred_username: 'alice' } } }
const success = { ...typed, outcome: ok, sub: 'corp:1', requestId: 'r', milliseconds: 7 }
const wrong = { ...typed, outcome: { name: 'wrongPassword' }, milliseconds: 7 } as const

const policy = { policy: 'mfa', state: 'enabled', applies: true, match: 'matched' } as const
const arrival: AccessEntry = {
  ...where,
  sub: 'corp:1',
  user: 'alice',
  step: 'authorization',
  isLetIn: true,
  isFresh: true,
  decision: 'allow',
  policies: [],
  judged: [],
}

/** A store that counts what is written to it, and can fail. */
function setUp({ keepDays = 30 } = {}) {
  const clock = stoppedClock()
  const inner = createMemoryStore(clock)
  const written: string[] = []
  const state = { isDown: false }
  const write = (text: string): void => {
    if (state.isDown) throw new Fault('storeDown', 'as the test wants it')
    written.push(text)
  }
  const watched: Store = {
    ...inner,
    set: async (key, value, ttl) => {
      write(`${key} ${value}`)
      await inner.set(key, value, ttl)
    },
    append: async (key, value, options) => {
      write(`${key} ${value}`)
      await inner.append(key, value, options)
    },
  }
  const store = sealedStore(watched, Buffer.alloc(32, 7), clock)
  const open = () => createSignInRecords({ store, clock, log, keepDays })
  const all = (lane: 'known' | 'failed') => {
    const now = clock.now()
    return readRecords(store, lane, { since: now - 2 * dayLong, until: now })
  }
  return { clock, store, written, state, records: open(), open, all }
}

describe('kept sign-ins', () => {
  it('are there for a person, newest first', async () => {
    const { records, clock } = setUp()
    records.access({ ...arrival, platform: 'linux' })
    clock.advance(1_000)
    records.access({
      ...arrival,
      clientId: 'wiki',
      isFresh: false,
      isLetIn: false,
      decision: 'block',
    })
    records.access({ ...arrival, sub: 'corp:2' })
    const found = await records.recent('corp:1')
    expect(found).to.deep.equal([
      {
        ...where,
        kind: 'authorization',
        at: clock.now(),
        clientId: 'wiki',
        sub: 'corp:1',
        user: 'alice',
        isLetIn: false,
        decision: 'block',
        applied: [],
      },
      {
        ...where,
        kind: 'authorization',
        at: clock.now() - 1_000,
        sub: 'corp:1',
        user: 'alice',
        platform: 'linux',
        isLetIn: true,
        isFresh: true,
        decision: 'allow',
        applied: [],
      },
    ])
    expect(await records.recent('corp:3')).to.deep.equal([])
  })

  it('are stored together after about a second; the sign-in waits for no store', async () => {
    const { records, written } = setUp()
    for (let count = 0; count < 50; count += 1) records.access({ ...arrival, sub: `corp:${count}` })
    expect(written).to.deep.equal([])
    await eventually(() => written.length > 0)
    expect(written.filter((text) => text.startsWith('sign-in-records:'))).to.have.length(3)
  })

  it('say nothing in the store of whose they are', async () => {
    const { records, written } = setUp()
    records.check(success)
    records.access(arrival)
    records.check(wrong)
    await records.stop()
    const text = written.join('\n')
    for (const open of ['corp', 'alice', 'Alice', 'shop', '192.0.2', where.reference]) {
      expect(text).not.to.contain(open)
    }
  })

  it('count a password and what came of it as one sign-in, but for one that came no further', async () => {
    const { records, clock } = setUp()
    records.check(success)
    clock.advance(5_000)
    records.access(arrival)
    clock.advance(5_000)
    records.check({ ...success, clientAddress: '203.0.113.9' })
    const found = await records.recent('corp:1')
    expect(found.map(({ kind, clientAddress }) => [kind, clientAddress])).to.deep.equal([
      ['check', '203.0.113.9'],
      ['authorization', '192.0.2.1'],
    ])
  })

  it('tell a person of failed attempts with a name that they have signed in with', async () => {
    const { records } = setUp()
    records.check(success)
    await records.recent('corp:1')
    records.check({ ...wrong, username: 'alice@CORP.example ', clientAddress: '203.0.113.9' })
    records.fault(typed)
    const found = await records.recent('corp:1')
    const failed = found.flatMap((one) => (one.kind === 'check' ? one.outcome : []))
    expect(failed).to.have.members(['ok', 'wrongPassword', 'fault'])
  })

  it('never have a user name that nobody is known by: it may be a password', async () => {
    const { store, records, all, clock } = setUp()
    const everything: string[] = []
    const spied: Store = {
      ...store,
      append: async (key, value, options) => {
        everything.push(key, value)
        await store.append(key, value, options)
      },
      set: async (key, value, ttl) => {
        everything.push(key, value)
        await store.set(key, value, ttl)
      },
    }
    const spying = createSignInRecords({ store: spied, clock, log, keepDays: 1 })
    spying.check({ ...wrong, username: 'correct horse battery' })
    spying.check({ ...wrong, username: 'staple', outcome: { name: 'unknownUser' } })
    spying.fault({ ...typed, username: 'staple' })
    await spying.stop()
    expect(everything.join('\n')).not.to.match(/correct horse|staple/)
    expect(
      (await all('failed')).records.map((one) => one.kind === 'check' && one.outcome),
    ).to.have.members(['wrongPassword', 'unknownUser', 'fault'])
    await records.stop()
  })

  it('are of all processes that share a store', async () => {
    const { records, open, all } = setUp()
    const other = open()
    records.access(arrival)
    other.access({ ...arrival, clientId: 'wiki' })
    await Promise.all([records.stop(), other.stop()])
    expect((await all('known')).records.map(({ clientId }) => clientId)).to.have.members([
      'shop',
      'wiki',
    ])
    expect(await records.recent('corp:1')).to.have.length(2)
  })

  it('have each policy that applied, and a list of all by its name', async () => {
    const { records, store, all } = setUp()
    const reportOnly = { state: 'enabledForReportingButNotEnforced' } as const
    const judged = [
      { ...policy, conditions: [], demands: { operator: 'OR', controls: ['mfa', 'termsOfUse:x'] } },
      { ...policy, policy: 'no', conditions: [], applies: false, match: 'notMatched' },
      {
        ...policy,
        ...reportOnly,
        policy: 'office',
        match: 'unknown',
        conditions: [
          { condition: 'users', match: 'matched' },
          { condition: 'locations', match: 'unknown' },
        ],
        demands: 'block',
      },
      { ...policy, policy: 'short', conditions: [] },
    ] as const
    const watched = { decision: 'block', policies: ['office'] } as const
    records.access({ ...arrival, decision: 'ask', reportOnly: watched, judged })
    await records.stop()
    const [record] = (await all('known')).records
    if (record?.kind !== 'authorization') throw new Error('not kept')
    expect(record.reportOnly).to.equal('block')
    expect(record.applied).to.deep.equal([
      { policy: 'mfa', wants: ['mfa', 'termsOfUse:x'], isEither: true },
      { policy: 'office', wants: 'block', unknown: ['locations'] },
      { policy: 'short', wants: 'limit' },
    ])
    const sets = await readPolicySets(store, [record.policySet ?? '', 'gone'])
    expect([...sets.values()]).to.deep.equal([
      judged.map(({ policy: name, state }) => ({ policy: name, state })),
    ])
  })

  it('have no code that is redeemed, and of refreshes one an hour that policies stand against', async () => {
    const { records, all, clock } = setUp()
    const refresh = { ...arrival, step: 'refresh', isFresh: false } as const
    const watched = { decision: 'block', policies: ['office'] } as const
    records.access({ ...arrival, step: 'tokens' })
    records.access(refresh)
    records.access({ ...refresh, reportOnly: watched })
    records.access({ ...refresh, reportOnly: watched })
    clock.advance(3_600_000)
    records.access({ ...refresh, reportOnly: watched })
    await records.stop()
    const { records: found } = await all('known')
    expect(found.map(({ kind, at }) => [kind, clock.now() - at])).to.deep.equal([
      ['refresh', 3_600_000],
      ['refresh', 0],
    ])
  })

  it('are kept for some days, and not at all with 0', async () => {
    const { records, clock, all } = setUp({ keepDays: 1 })
    records.access(arrival)
    expect(await records.recent('corp:1')).to.have.length(1)
    clock.advance(dayLong - 1)
    expect((await all('known')).records).to.have.length(1)
    clock.advance(1)
    expect((await all('known')).records).to.deep.equal([])
    expect(await records.recent('corp:1')).to.deep.equal([])

    const off = setUp({ keepDays: 0 })
    off.records.check(success)
    off.records.access(arrival)
    await off.records.stop()
    expect(off.written).to.deep.equal([])
  })

  it('come later if the store is down meanwhile, once each', async () => {
    const { records, state, written } = setUp()
    state.isDown = true
    records.check(success)
    records.access(arrival)
    await records.stop()
    expect(written).to.deep.equal([])
    state.isDown = false
    expect(await records.recent('corp:1')).to.have.length(1)
    expect(await records.recent('corp:1')).to.have.length(1)
  })

  it('say how many more there were when a quarter of an hour had too many', async () => {
    const { records, all, clock } = setUp()
    for (let count = 0; count < 600; count += 1) records.check(wrong)
    for (let count = 0; count < 2_003; count += 1) {
      records.access({ ...arrival, sub: `corp:${count}` })
    }
    await records.stop()
    expect((await all('failed')).notKept, 'guessing takes no room of others').to.equal(100)
    const known = await all('known')
    expect([known.records.length, known.notKept]).to.deep.equal([2_000, 3])
    clock.advance(900_000)
    records.check(wrong)
    await records.stop()
    expect((await all('failed')).records).to.have.length(501)
  })
})
