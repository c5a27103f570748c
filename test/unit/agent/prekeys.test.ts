import { expect } from 'chai'
import { createPrekeys } from '../../../agent/prekeys.ts'
import { createPrekey } from '../../../shared/envelope-keys.ts'
import { expectFault } from '../../support/rejection.ts'
import { stoppedClock } from '../../support/stopped-clock.ts'

const hour = 60 * 60_000

describe('prekeys', () => {
  const names = (held: readonly { readonly public: { readonly kid: string } }[]) =>
    held.map((pair) => pair.public.kid)

  it('are replaced after an hour, and the one before is held for another hour', async () => {
    const clock = stoppedClock()
    const prekeys = await createPrekeys({ clock })
    const first = prekeys.newest()
    clock.advance(hour - 1)
    await prekeys.renew()
    expect(prekeys.newest()).to.equal(first)
    clock.advance(1)
    await prekeys.renew()
    const second = prekeys.newest()
    expect(second.public.kid).not.to.equal(first.public.kid)
    expect(second.public.n).not.to.equal(first.public.n)
    expect(prekeys.held()).to.deep.equal([second, first])
    clock.advance(hour - 1)
    expect(prekeys.held()).to.deep.equal([second, first])
    clock.advance(1)
    expect(prekeys.held()).to.deep.equal([second])
  })

  it('are made once, however many ask for it at a time', async () => {
    const clock = stoppedClock()
    const prekeys = await createPrekeys({ clock })
    clock.advance(hour)
    await Promise.all([prekeys.renew(), prekeys.renew(), prekeys.renew()])
    expect(prekeys.held()).to.have.length(2)
  })

  it('are forgotten after two hours also where no new one can be made', async () => {
    const clock = stoppedClock()
    let isBroken = false
    const create = async (kid: string) => {
      if (isBroken) throw new Error('no entropy')
      return createPrekey(kid)
    }
    const prekeys = await createPrekeys({ clock, create })
    const first = prekeys.newest()
    isBroken = true
    clock.advance(hour)
    await prekeys.renew().then(
      () => expect.fail('made one'),
      () => {},
    )
    expect(prekeys.newest()).to.equal(first)
    clock.advance(hour)
    expect(prekeys.held()).to.deep.equal([])
    await expectFault(
      Promise.resolve().then(() => prekeys.newest()),
      'internal',
    )
    isBroken = false
    await prekeys.renew()
    expect(names(prekeys.held())).not.to.include(first.public.kid)
    expect(prekeys.held()).to.have.length(1)
  })
})
