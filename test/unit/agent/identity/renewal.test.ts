import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { createCurrentIdentity } from '../../../../agent/identity/current-identity.ts'
import type { ProviderClient, Said } from '../../../../agent/identity/provider-client.ts'
import { startRenewal } from '../../../../agent/identity/renewal.ts'
import type { SigningRequest } from '../../../../agent/identity/signing-request.ts'
import { readIdentity, type StoredIdentity } from '../../../../agent/identity/stored-identity.ts'
import { takeAnswer } from '../../../../agent/identity/take-answer.ts'
import { Fault } from '../../../../shared/fault.ts'
import { createLog } from '../../../../shared/log.ts'
import {
  type AnsweringProvider,
  createAnsweringProvider,
  issuer,
} from '../../../support/enrolled-identity.ts'
import { eventually } from '../../../support/eventually.ts'
import { expectFault } from '../../../support/rejection.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

const minute = 60_000
const day = 24 * 60 * minute

type Answer = (stored: StoredIdentity, request?: SigningRequest) => Said | Promise<Said>

/** A renewal in which a test is the provider, and time goes on only when the test lets it. */
describe('the renewal of an identity', () => {
  let folder: string
  let clock: StoppedClock
  let provider: AnsweringProvider
  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), 'postern-renewal-')), 'identity')
    clock = stoppedClock()
    provider = await createAnsweringProvider(clock)
  })
  afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

  async function start(realms: readonly string[], first: Answer) {
    const { stored, request } = await provider.enrol(realms)
    await takeAnswer(folder, issuer, provider.answer(stored, { realms }), request)
    const identity = createCurrentIdentity(stored, clock)
    const lines: string[] = []
    const log = createLog({ level: 'info', process: 'agent' }, { write: (l) => lines.push(l) })
    const asked: boolean[] = []
    const waits: number[] = []
    let answer = first
    let goOn: (() => void) | undefined
    const client: ProviderClient = {
      enrol: async () => expect.fail('nobody enrols'),
      renew: async (current, wanted) => {
        asked.push(wanted !== undefined)
        return answer(current, wanted)
      },
    }
    const wait = (milliseconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        waits.push(milliseconds)
        goOn = resolve
        signal.addEventListener('abort', () => resolve())
      })
    const renewal = startRenewal({ identity, folder, client, clock, log, wait })
    await eventually(() => waits.length === 1).catch(() => undefined)
    return {
      stored,
      identity,
      renewal,
      asked,
      waits,
      logged: () => lines.join(''),
      /** Lets the time pass that it waits for, or another one, and the provider answer. */
      next: async (then: Answer, after = waits.at(-1) ?? 0) => {
        answer = then
        const count = waits.length
        clock.advance(after)
        goOn?.()
        await eventually(() => waits.length > count)
      },
    }
  }

  const pending: Answer = (stored) => ({
    kind: 'answer',
    answer: provider.answer(stored, { state: 'pending' }),
  })
  const fine: Answer = async (stored, request) => {
    const certificate = request && (await provider.certify(request.publicKey, ['corp']))
    return { kind: 'answer', answer: provider.answer(stored, certificate ? { certificate } : {}) }
  }
  const gone: Answer = () => {
    throw new Fault('webDown', 'nobody there')
  }
  const refused: Answer = () => ({ kind: 'refusal', error: 'refused', message: 'no' })

  it('asks every five seconds until it is approved, and says once what is to be done', async () => {
    const { next, waits, logged, asked, identity, renewal, stored } = await start([], pending)
    await next(pending)
    await next(pending)
    for (const wait of waits) expect(wait).to.be.within(4_000, 6_000)
    expect(logged().match(/postern agents approve corp-1 --fingerprint/g)).to.have.length(1)
    await next(fine)
    expect(waits.at(-1), 'the certificate with its realms is to be had at once').to.equal(0)
    await next(fine)
    expect(asked).to.deep.equal([false, false, false, false, true])
    expect(identity.stored().certificate.realms).to.deep.equal(['corp'])
    expect(identity.key().id, 'another key').not.to.equal(stored.key.id)
    await renewal.stop()
  })

  it('keeps the new key and certificate on the disk, too', async () => {
    const { next, identity, renewal } = await start([], pending)
    await next(fine)
    await next(fine)
    const read = await readIdentity(folder)
    expect(read.key.id).to.equal(identity.key().id)
    expect(read.certificate.realms).to.deep.equal(['corp'])
    await renewal.stop()
  })

  it('makes a new key at two thirds of the certificate’s life, and signs with the old one for a minute', async () => {
    const { next, asked, identity, stored, renewal } = await start(['corp'], fine)
    await next(fine)
    expect(asked).to.deep.equal([false, false])
    await next(fine, 5 * day)
    expect(asked.at(-1)).to.equal(true)
    expect(identity.key().id).not.to.equal(stored.key.id)
    expect(identity.keyFor(stored.key.id).id).to.equal(stored.key.id)
    expect(identity.keyFor(undefined).id).to.equal(identity.key().id)
    expect(identity.keyFor('somebody').id).to.equal(identity.key().id)
    clock.advance(minute)
    expect(identity.keyFor(stored.key.id).id).to.equal(identity.key().id)
    await renewal.stop()
  })

  it('knows how far our clock is ahead, and leaves out what the way has taken', async () => {
    const told = (serverTime: () => number, takes: number): Answer => {
      return (stored) => {
        const answer = provider.answer(stored, {})
        const at = serverTime()
        clock.advance(takes)
        return { kind: 'answer', answer: { ...answer, serverTime: at } }
      }
    }
    const { next, renewal } = await start(['corp'], gone)
    expect(renewal.clockAhead()).to.equal(undefined)
    const now = () => clock.now()
    for (const [answer, ahead] of [
      [told(now, 4_000), 0],
      [told(() => now() - 3_000, 4_000), 3_000],
      [told(() => now() + 3_000, 4_000), 0],
      [told(() => now() + 9_000, 4_000), -5_000],
      [gone, -5_000],
    ] as const) {
      await next(answer)
      expect(renewal.clockAhead()).to.equal(ahead)
    }
    await renewal.stop()
  })

  it('tries again later and later while the provider is gone, and says so once an hour', async () => {
    const { next, waits, logged, renewal } = await start(['corp'], gone)
    for (let count = 0; count < 6; count += 1) await next(gone)
    const [first = 0] = waits
    expect(first).to.be.within(1_000, 2_000)
    expect(waits.at(-1)).to.be.within(64_000, 128_000)
    expect(logged().match(/the provider cannot be asked/g)).to.have.length(1)
    await next(gone, 61 * minute)
    expect(logged().match(/the provider cannot be asked/g)).to.have.length(2)
    await next(fine)
    expect(logged()).to.contain('the provider can be asked again')
    await renewal.stop()
  })

  it('warns louder and louder when the end comes near', async () => {
    const { next, logged, renewal } = await start(['corp'], gone)
    await next(gone, 6 * day)
    expect(logged()).to.contain('the certificate ends soon')
    await next(gone, 18 * 60 * minute)
    expect(logged()).to.contain('the certificate ends very soon')
    await next(gone, 12 * 60 * minute)
    expect(logged()).to.contain('the certificate has ended: this agent gets no questions')
    await renewal.stop()
  })

  it('is over at once when the provider says, signed, that it is revoked', async () => {
    const { renewal } = await start(['corp'], (stored) => {
      return { kind: 'answer', answer: provider.answer(stored, { state: 'revoked', realms: [] }) }
    })
    const fault = await expectFault(renewal.failed, 'notOurs')
    expect(fault.message).to.match(/^this agent has been revoked/)
    await expectFault(renewal.asked, 'notOurs')
    await renewal.stop()
  })

  it('is over when it has been refused for a quarter of an hour, and not before', async () => {
    const { next, renewal, logged } = await start(['corp'], refused)
    await next(refused, 10 * minute)
    await next(fine)
    expect(logged()).to.contain('the provider can be asked again')
    await next(refused)
    await next(refused, 14 * minute)
    void next(refused, 2 * minute).catch(() => undefined)
    await expectFault(renewal.failed, 'notOurs')
    await renewal.stop()
  })

  it('is over when it is refused and its certificate has ended', async () => {
    const { next, renewal } = await start(['corp'], gone)
    void next(refused, 8 * day).catch(() => undefined)
    await expectFault(renewal.failed, 'notOurs')
    await renewal.stop()
  })

  it('asks every half minute while it is quarantined, with a certificate for no realm', async () => {
    const out: Answer = async (stored, request) => {
      const certificate = request && (await provider.certify(request.publicKey, []))
      const how = { state: 'quarantined', realms: [], ...(certificate && { certificate }) } as const
      return { kind: 'answer', answer: provider.answer(stored, how) }
    }
    const { next, waits, identity, logged, renewal } = await start(['corp'], out)
    await next(out)
    expect(identity.certificate().length).to.be.greaterThan(100)
    expect(identity.stored().certificate.realms).to.deep.equal([])
    expect(waits.at(-1)).to.be.within(24_000, 36_000)
    expect(logged()).to.contain('the provider has quarantined this agent')
    await renewal.stop()
  })

  it('asks before it is due when it is told to', async () => {
    const { renewal, asked, waits } = await start(['corp'], fine)
    renewal.refresh(minute)
    expect(asked).to.have.length(1)
    renewal.refresh()
    await eventually(() => waits.length === 2)
    expect(asked).to.have.length(2)
    await renewal.stop()
  })

  it('takes no certificate that is for another key', async () => {
    const { stored } = await provider.enrol(['corp'])
    const other = await provider.enrol(['corp'])
    const answer = provider.answer(stored, { certificate: other.stored.certificatePem })
    await expectFault(takeAnswer(folder, issuer, answer, stored), 'forgedMessage')
  })
})
