import { expect } from 'chai'
import { createGate } from '../../../shared/gate.ts'

describe('gate', () => {
  const patient = new AbortController().signal

  /** Work that ends when it is told to. */
  function task() {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    let started = false
    const work = () => {
      started = true
      return promise
    }
    return { work, resolve, reject, started: () => started }
  }

  it('lets as many in as there is room for, and the others in their order', async () => {
    const gate = createGate(2)
    const tasks = [task(), task(), task(), task()] as const
    const done = tasks.map(({ work }) => gate(patient, work))
    const started = () => tasks.map((one) => one.started())
    await Promise.resolve()
    expect(started()).to.deep.equal([true, true, false, false])
    tasks[1].resolve('second')
    expect(await done[1]).to.equal('second')
    await new Promise(setImmediate)
    expect(started()).to.deep.equal([true, true, true, false])
    for (const { resolve } of tasks) resolve('done')
    expect(await Promise.all(done)).to.deep.equal(['done', 'second', 'done', 'done'])
  })

  it('sends away whose time is up, and does not hold a place for them', async () => {
    const gate = createGate(1)
    const [first, second, third] = [task(), task(), task()]
    const impatient = new AbortController()
    const done = [
      gate(patient, first.work),
      gate(impatient.signal, second.work),
      gate(patient, third.work),
    ]
    impatient.abort()
    expect(await done[1]).to.equal(undefined)
    first.resolve('first')
    third.resolve('third')
    expect(await done[2]).to.equal('third')
    expect(second.started()).to.equal(false)
  })

  it('lets nobody in whose time was up before', async () => {
    const late = task()
    expect(await createGate(1)(AbortSignal.abort(), late.work)).to.equal(undefined)
    expect(late.started()).to.equal(false)
  })

  it('has room again after work that failed', async () => {
    const gate = createGate(1)
    const failing = task()
    const failed = gate(patient, failing.work)
    const next = gate(patient, async () => 'next')
    failing.reject(new Error('broken'))
    expect(await failed.catch((error: Error) => error.message)).to.equal('broken')
    expect(await next).to.equal('next')
  })
})
