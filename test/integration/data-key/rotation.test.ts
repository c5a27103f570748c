import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { generateSync } from 'otplib'
import { pino } from 'pino'
import { announceKeys, ignorantOf } from '../../../provider/data-key/announce-keys.ts'
import type { DataKeys } from '../../../provider/data-key/data-keys.ts'
import { keyInUse } from '../../../provider/data-key/key-in-use.ts'
import { moveValues } from '../../../provider/data-key/move-values.ts'
import { readRoot } from '../../../provider/data-key/root-secret.ts'
import { openSealedStore, sealedStoreOf } from '../../../provider/data-key/sealed-store-of.ts'
import { createSecondFactors } from '../../../provider/mfa/create-second-factors.ts'
import { createRecoveryCodes } from '../../../provider/mfa/recovery-codes.ts'
import type { SecondFactors } from '../../../provider/mfa/second-factors.ts'
import { createTotp } from '../../../provider/mfa/totp.ts'
import { systemClock } from '../../../shared/clock.ts'
import { Fault } from '../../../shared/fault.ts'
import { createKeptValues, type KeptValues } from '../../../shared/redis/kept-values.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { createSealing } from '../../../shared/sealing.ts'
import type { Store } from '../../../shared/store.ts'
import { eventually } from '../../support/eventually.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { expectFault } from '../../support/rejection.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const clock = systemClock
const log = pino({ level: 'silent' })
const day = 86_400_000

/** A provider process, as far as it keeps things: its own connection, and its own key file. */
interface Process {
  readonly sealed: Store
  readonly door: SecondFactors
  keys: [Buffer, Buffer?]
}

describe('a new data key', () => {
  let server: RedisServer
  let carriers: RedisCarriers[]
  let kept: KeptValues
  let old: Buffer
  let fresh: Buffer
  let processes: Process[]

  before(async () => {
    server = await startRedis()
    carriers = await Promise.all(
      ['one', 'two', 'cli'].map((name) => openCarriers(server, { name })),
    )
  })
  after(async () => {
    for (const { dispose } of carriers) await dispose()
    await server.stop()
  })
  beforeEach(async () => {
    await at(carriers, 2).client.commands.flushall()
    old = randomBytes(32)
    fresh = randomBytes(32)
    kept = createKeptValues(at(carriers, 2).client)
    processes = carriers.slice(0, 2).map(({ store }) => startProcess(store, [old]))
  })

  const store = () => at(carriers, 2).store
  const move = (values = kept) =>
    moveValues({ kept: values, store: store(), keys: [fresh, old], clock, settled: 150 })
  const process = (number: number) => at(processes, number)
  const know = (...keys: [Buffer, Buffer?]) => {
    for (const each of processes) each.keys = keys
  }

  it('takes over while two processes enrol people, of whom none is lost', async () => {
    const people: Enrolled[] = [await enrol(process(0).door, 'before')]
    process(0).keys = [fresh, old]
    people.push(await enrol(process(0).door, 'first'), await enrol(process(1).door, 'second'))
    process(1).keys = [fresh, old]
    const moving = isSettled(move())
    for (let turn = 0; !moving.is(); turn += 1) {
      people.push(await enrol(process(turn % 2).door, `during-${turn}`))
      await delay(20)
    }
    const moved = await moving.done
    expect(moved.values).to.be.greaterThan(people.length)
    process(0).keys = [fresh]
    people.push(await enrol(process(0).door, 'after'), await enrol(process(1).door, 'at the end'))
    know(fresh)

    expect(people.length, 'somebody enrolled meanwhile').to.be.greaterThan(5)
    for (const [number, person] of people.entries()) {
      const { door } = process(number % 2)
      expect(await recovers(door, person), person.sub).to.equal(true)
      expect(await recovers(door, person), `${person.sub} with a used code`).to.equal(false)
      expect((await door.of(person.sub)).map(({ method }) => method)).to.deep.equal([
        'totp',
        'recoveryCode',
      ])
    }
    expect(await openedBy(kept, old)).to.deep.equal(['data-key:replaced'])
  }).timeout(40_000)

  it('has all that was kept, until when it was to be kept, and nothing that was deleted', async () => {
    const { sealed } = process(0)
    await sealed.set('session:ada', 'signed in', day)
    await sealed.set('oidc:signing-keys', 'for ever')
    await sealed.set('session:bob', 'signed out', day)
    for (const id of ['a', 'b', 'c']) await sealed.append('list:ada', id, { max: 5, ttl: day })
    await sealed.claim('used:code', '', day)
    await store().set('not-sealed', 'left alone')
    know(fresh, old)
    await sealed.delete('session:bob')
    await move()
    know(fresh)

    expect(await sealed.get('session:ada')).to.equal('signed in')
    expect(await sealed.get('session:bob')).to.equal(undefined)
    expect(await sealed.get('oidc:signing-keys')).to.equal('for ever')
    expect(await sealed.range('list:ada')).to.deep.equal(['a', 'b', 'c'])
    expect(await sealed.claim('used:code', '', day)).to.equal(false)
    expect(await store().get('not-sealed')).to.equal('left alone')
    const { name } = createSealing(fresh, clock)
    const { commands } = at(carriers, 2).client
    for (const key of ['session:ada', 'list:ada', 'used:code']) {
      expect(await commands.pttl(`postern:${name(key)}`), key).to.be.within(day - 60_000, day)
    }
    expect(await commands.pttl(`postern:${name('oidc:signing-keys')}`)).to.equal(-1)
  }).timeout(20_000)

  it('keeps writes waiting and reads going while it takes over', async () => {
    know(fresh, old)
    const { sealed } = process(0)
    await sealed.set('session:ada', 'before', day)
    const use = keyInUse(store(), [fresh, old], clock)
    await use.beginMoving()
    await delay(50)
    const writing = isSettled(sealed.set('session:ada', 'after', day))
    expect(await sealed.get('session:ada')).to.equal('before')
    for (let turn = 0; turn < 3; turn += 1) {
      await delay(50)
      expect(writing.is()).to.equal(false)
    }
    expect(await use.beginMoving(), 'a second one').to.equal(false)
    await use.finish()
    await writing.done
    const sealing = createSealing(fresh, clock)
    const name = sealing.name('session:ada')
    expect(sealing.open(name, (await store().get(name)) ?? '').value).to.equal('after')
  }).timeout(20_000)

  for (const kill of [1, 4, 9]) {
    it(`is begun again when it was cut short at step ${kill}, and brings nothing back`, async () => {
      const { sealed } = process(0)
      for (const id of ['a', 'b', 'c']) {
        await sealed.set(`session:${id}`, id, day)
        await sealed.append('list:ids', id, { max: 5, ttl: day })
      }
      await sealed.append('list:gone', 'x', { max: 5, ttl: day })
      know(fresh, old)
      await expectFault(move(cutShort(kept, kill)), 'internal')
      // Whoever moves and dies lets the others go on.
      const { commands } = at(carriers, 2).client
      for (const key of await commands.keys('postern:data-key:*')) {
        if ((await commands.pttl(key)) > 0) await commands.pexpire(key, 1)
      }
      await sealed.set('session:a', 'changed', day)
      await sealed.delete('session:b')
      await sealed.delete('list:gone')
      await sealed.append('list:ids', 'd', { max: 5, ttl: day })
      await move()
      know(fresh)

      expect(await sealed.get('session:a')).to.equal('changed')
      expect(await sealed.get('session:b')).to.equal(undefined)
      expect(await sealed.get('session:c')).to.equal('c')
      expect(await sealed.range('list:ids')).to.deep.equal(['a', 'b', 'c', 'd'])
      expect(await sealed.range('list:gone')).to.deep.equal([])
      expect(await openedBy(kept, old)).to.deep.equal(['data-key:replaced'])
    }).timeout(20_000)
  }

  it('waits for a process that does not know it, and is refused to one that comes too late', async () => {
    const [first, second] = processes.map(({ sealed }, number) =>
      announceKeys({
        store: store(),
        sealed,
        keys: keysOf(process(number)),
        clock,
        log,
        interval: 20,
      }),
    )
    const announced = [await first, await second]
    process(0).keys = [fresh, old]
    const ignorant = () => ignorantOf(fresh, sealedStore(store(), old, clock), clock)
    await eventually(async () => (await ignorant()) === 1)
    const refused = await expectFault(move(), 'notAllowed')
    expect(refused.message).to.match(/^one provider process does not know the new data key yet/)
    process(1).keys = [fresh, old]
    await eventually(async () => (await ignorant()) === 0)
    await move()
    for (const each of announced) await each?.stop()
    const late = openSealedStore(store(), keysOf({ keys: [old] }), clock)
    expect((await expectFault(late, 'settings')).message).to.match(/this key has been replaced/)
  }).timeout(20_000)

  it('leaves the secret as it is that cookies are signed with, also the next time', async () => {
    const root = await readRoot(process(0).sealed, keysOf(process(0)))
    know(fresh, old)
    expect(await readRoot(process(0).sealed, keysOf(process(0)))).to.deep.equal(root)
    await move()
    know(fresh)
    expect(await readRoot(process(0).sealed, keysOf(process(0)))).to.deep.equal(root)
    const third = randomBytes(32)
    know(third, fresh)
    await moveValues({ kept, store: store(), keys: [third, fresh], clock, settled: 150 })
    know(third)
    expect(await readRoot(process(0).sealed, keysOf(process(0)))).to.deep.equal(root)
  }).timeout(20_000)
})

function startProcess(store: Store, keys: [Buffer, Buffer?]): Process {
  const started = { keys }
  const sealed = sealedStoreOf(store, keysOf(started), clock, 50)
  const factors = [createTotp({ issuer: 'Example', clock }), createRecoveryCodes({ clock })]
  const door = createSecondFactors({ store: sealed, clock, log, factors })
  return Object.assign(started, { sealed, door })
}

function keysOf(of: { keys: [Buffer, Buffer?] }): DataKeys {
  return { all: () => of.keys, stop: async () => undefined }
}

interface Enrolled {
  readonly sub: string
  readonly codes: readonly string[]
}

async function enrol(door: SecondFactors, name: string): Promise<Enrolled> {
  const sub = `corp:${name}`
  const person = { sub, username: name }
  const device = await door.begin({ purpose: 'enrol', method: 'totp', person })
  const codes = await door.begin({ purpose: 'enrol', method: 'recoveryCode', person })
  if ('refused' in device || 'refused' in codes) throw new Error('not begun')
  const secret = String(device.shown['typed']).replaceAll(' ', '')
  const code = generateSync({ secret, epoch: Math.floor(clock.now() / 1000) })
  const typed = await door.enrol({ challenge: device.id, sub, form: new Map([['code', code]]) })
  const made = await door.enrol({ challenge: codes.id, sub, form: new Map() })
  if ('refused' in typed || 'refused' in made) throw new Error('not enrolled')
  return { sub, codes: made.enrolled.shownOnce }
}

/** With the first of the codes. */
async function recovers(door: SecondFactors, { sub, codes }: Enrolled): Promise<boolean> {
  const person = { sub, username: sub }
  const begun = await door.begin({ purpose: 'verify', method: 'recoveryCode', person })
  if ('refused' in begun) throw new Error(begun.refused)
  const form = new Map([['code', at(codes, 0)]])
  return 'proven' in (await door.prove({ challenge: begun.id, sub, form }))
}

/** The keys of what a data key opens. */
async function openedBy(kept: KeptValues, dataKey: Buffer): Promise<string[]> {
  const sealing = createSealing(dataKey, clock)
  const found: string[] = []
  const look = (name: string, sealed: string) => {
    try {
      found.push(sealing.open(name, sealed).key)
    } catch {}
  }
  for await (const texts of kept.texts()) for (const { name, value } of texts) look(name, value)
  for await (const lists of kept.lists()) {
    for (const { name, values } of lists) for (const value of values) look(name, value)
  }
  return found
}

/** Fails at a step that changes something, as if whoever goes through all had been killed. */
function cutShort(kept: KeptValues, step: number): KeptValues {
  let steps = 0
  const counted = <Given extends unknown[]>(run: (...given: Given) => Promise<void>) => {
    return async (...given: Given): Promise<void> => {
      steps += 1
      if (steps >= step) throw new Fault('internal', 'killed')
      await run(...given)
    }
  }
  return {
    ...kept,
    writeText: counted(kept.writeText),
    writeList: counted(kept.writeList),
    remove: counted(kept.remove),
  }
}

function isSettled<T>(promise: Promise<T>): { is(): boolean; readonly done: Promise<T> } {
  let settled = false
  const done = promise.finally(() => {
    settled = true
  })
  return { is: () => settled, done }
}

function at<T>(all: readonly T[], index: number): T {
  const found = all[index]
  if (found === undefined) throw new Error(`nothing at ${index}`)
  return found
}
