import { expect } from 'chai'
import type { LdapConnection, Ran } from '../../../../agent/backends/ldap-connection.ts'
import type { Failure } from '../../../../agent/backends/ldap-failure.ts'
import { LdapPool } from '../../../../agent/backends/ldap-pool.ts'
import { eventually } from '../../../support/eventually.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

describe('ldap pool', () => {
  const patient = new AbortController().signal
  const down: Failure = {
    step: 'connect',
    reason: 'directoryDown',
    detail: 'connect: ECONNREFUSED',
    ofServer: true,
    lost: false,
  }
  let clock: StoppedClock
  let opened: FakeConnection[]
  let opening: ((how: 'well' | 'badly') => void)[]
  let pool: LdapPool

  beforeEach(() => {
    clock = stoppedClock()
    opened = []
    opening = []
    pool = createPool({ size: 3 })
  })
  afterEach(() => pool.close())

  /** Opens at once, unless `byHand`. */
  function createPool({ size, byHand = false }: { size: number; byHand?: boolean }): LdapPool {
    const open = async (): Promise<Ran<LdapConnection>> => {
      const { promise, resolve } = Promise.withResolvers<'well' | 'badly'>()
      opening.push(resolve)
      if (!byHand) resolve('well')
      if ((await promise) === 'badly') return { failure: down }
      const connection = fakeConnection(opened.length + 1)
      opened.push(connection)
      return { value: connection }
    }
    return new LdapPool({ size, open, idleTimeout: 40, clock })
  }

  /** Borrows until told to give back; says which connection it got. */
  function borrow(signal: AbortSignal = patient) {
    const { promise, resolve } = Promise.withResolvers<void>()
    let number: number | undefined
    const done = pool.use(signal, async (connection) => {
      number = (connection as FakeConnection).number
      await promise
      return { value: number }
    })
    return { done, giveBack: resolve, number: () => number }
  }

  const settled = () => new Promise(setImmediate)
  const quick = async () => ({ value: 'done' })

  it('opens one connection, and lends it again', async () => {
    for (let count = 0; count < 5; count += 1) {
      expect(await pool.use(patient, quick)).to.deep.equal({ value: 'done' })
    }
    expect(opened).to.have.length(1)
  })

  it('opens no more than it may, and serves those who wait in their order', async () => {
    const borrowers = Array.from({ length: 6 }, () => borrow())
    await settled()
    expect(opened).to.have.length(3)
    expect(borrowers.map((one) => one.number())).to.deep.equal([
      1,
      2,
      3,
      undefined,
      undefined,
      undefined,
    ])
    borrowers[1]?.giveBack()
    await settled()
    expect(borrowers[3]?.number()).to.equal(2)
    for (const { giveBack } of borrowers) giveBack()
    await Promise.all(borrowers.map(({ done }) => done))
    expect(opened).to.have.length(3)
  })

  it('opens the first alone, and the others when that has worked', async () => {
    await pool.close()
    pool = createPool({ size: 3, byHand: true })
    const borrowers = Array.from({ length: 3 }, () => borrow())
    await settled()
    expect(opening).to.have.length(1)
    opening[0]?.('well')
    await settled()
    expect(opening).to.have.length(3)
    for (const resolve of opening) resolve('well')
    for (const { giveBack } of borrowers) giveBack()
    await Promise.all(borrowers.map(({ done }) => done))
  })

  it('tells all who wait when none can be opened', async () => {
    await pool.close()
    pool = createPool({ size: 3, byHand: true })
    const borrowers = Array.from({ length: 5 }, () => borrow())
    await settled()
    opening[0]?.('badly')
    const results = await Promise.all(borrowers.map(({ done }) => done))
    for (const result of results) expect(result).to.deep.equal({ failure: down })
  })

  it('tells one of those who wait when no more can be opened, and lends the others what it has', async () => {
    await pool.close()
    pool = createPool({ size: 2, byHand: true })
    const borrowers = [borrow(), borrow(), borrow()] as const
    await settled()
    opening[0]?.('well')
    await settled()
    opening[1]?.('badly')
    expect(await borrowers[1].done).to.deep.equal({ failure: down })
    borrowers[0].giveBack()
    await settled()
    expect(borrowers[2].number()).to.equal(1)
    borrowers[2].giveBack()
    await borrowers[2].done
  })

  it('does not let anybody wait longer than their signal', async () => {
    const all = [borrow(), borrow(), borrow()]
    await settled()
    const impatient = new AbortController()
    const late = borrow(impatient.signal)
    impatient.abort()
    expect(await late.done).to.have.nested.property('failure.reason', 'overloaded')
    for (const { giveBack } of all) giveBack()
    await Promise.all(all.map(({ done }) => done))
    expect(late.number()).to.equal(undefined)
    expect(await pool.use(patient, quick)).to.deep.equal({ value: 'done' })
  })

  it('lends nothing to somebody whose time was up before', async () => {
    expect(await pool.use(AbortSignal.abort(), quick)).to.have.nested.property(
      'failure.reason',
      'overloaded',
    )
    expect(opened).to.have.length(0)
  })

  it('destroys a connection under whoever’s time is up, and lends it to nobody', async () => {
    const impatient = new AbortController()
    const borrower = borrow(impatient.signal)
    await settled()
    impatient.abort()
    expect(opened[0]?.isOpen()).to.equal(false)
    borrower.giveBack()
    await borrower.done
    await pool.use(patient, quick)
    expect(opened).to.have.length(2)
  })

  it('opens another in place of one that was lost, for somebody who waits', async () => {
    const all = [borrow(), borrow(), borrow()]
    await settled()
    const waiting = borrow()
    await settled()
    expect(waiting.number()).to.equal(undefined)
    opened[0]?.destroy()
    await settled()
    expect(waiting.number()).to.equal(4)
    for (const { giveBack } of [...all, waiting]) giveBack()
    await Promise.all([...all, waiting].map(({ done }) => done))
  })

  it('takes a connection back also when the work on it throws', async () => {
    const thrown = await pool
      .use(patient, () => Promise.reject(new Error('broken')))
      .catch((error: Error) => error.message)
    expect(thrown).to.equal('broken')
    await pool.use(patient, quick)
    expect(opened).to.have.length(1)
  })

  it('does not lend what the server has closed meanwhile', async () => {
    await pool.use(patient, quick)
    opened[0]?.destroy()
    await pool.use(patient, quick)
    expect(opened).to.have.length(2)
  })

  it('closes what has not been used for long, and keeps what has', async () => {
    const both = [borrow(), borrow()]
    await settled()
    for (const { giveBack } of both) giveBack()
    await Promise.all(both.map(({ done }) => done))
    clock.advance(39)
    await pool.use(patient, quick)
    clock.advance(1)
    await eventually(() => opened.filter((one) => one.isOpen()).length === 1)
    expect(await pool.use(patient, quick)).to.deep.equal({ value: 'done' })
    expect(opened).to.have.length(2)
  })

  it('gives up: closes what nobody uses and tells those who wait', async () => {
    const all = [borrow(), borrow(), borrow()] as const
    await settled()
    const waiting = borrow()
    all[0].giveBack()
    await all[0].done
    const stillWaiting = borrow()
    pool.giveUp(down)
    waiting.giveBack()
    expect(await waiting.done).to.deep.equal({ value: 1 })
    expect(await stillWaiting.done).to.deep.equal({ failure: down })
    pool.dropIdle()
    expect(opened[0]?.isOpen()).to.equal(false)
    for (const { giveBack } of all) giveBack()
    await Promise.all(all.map(({ done }) => done))
  })

  it('closes everything when it is closed, and later what was still being opened', async () => {
    await pool.close()
    pool = createPool({ size: 3, byHand: true })
    const borrower = borrow()
    await settled()
    const probe = pool.probe()
    opening[0]?.('well')
    await settled()
    borrower.giveBack()
    await borrower.done
    await pool.close()
    opening[1]?.('well')
    await probe
    expect(opened.map((one) => one.isOpen())).to.deep.equal([false, false])
  })
})

interface FakeConnection extends LdapConnection {
  readonly number: number
}

function fakeConnection(number: number): FakeConnection {
  const listeners: (() => void)[] = []
  let open = true
  const end = () => {
    if (!open) return
    open = false
    // As a socket does: a moment later.
    setImmediate(() => {
      for (const listener of listeners) listener()
    })
  }
  return {
    number,
    host: 'host:1',
    isOpen: () => open,
    onClose: (listener) => void listeners.push(listener),
    run: () => Promise.reject(new Error('not asked in these tests')),
    destroy: end,
    close: async () => end(),
  }
}
