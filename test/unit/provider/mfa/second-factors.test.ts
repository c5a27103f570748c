import { expect } from 'chai'
import { generateSync } from 'otplib'
import { pino } from 'pino'
import { createSecondFactors } from '../../../../provider/mfa/create-second-factors.ts'
import {
  type Factor,
  type FactorPerson,
  type FactorRefusal,
  factorRefusals,
} from '../../../../provider/mfa/factor.ts'
import { createRecoveryCodes } from '../../../../provider/mfa/recovery-codes.ts'
import { createRememberedBrowsers } from '../../../../provider/mfa/remembered-browsers.ts'
import type {
  Enrolled,
  FactorRefused,
  SecondFactors,
} from '../../../../provider/mfa/second-factors.ts'
import { createTemporaryAccessPass } from '../../../../provider/mfa/temporary-access-pass.ts'
import { createTotp } from '../../../../provider/mfa/totp.ts'
import type { Store } from '../../../../shared/store.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

const ada: FactorPerson = { sub: 'corp:1', username: 'ada' }
const bob: FactorPerson = { sub: 'corp:2', username: 'bob' }
const second = 1_000
const minute = 60_000
const code = (text: string) => new Map([['code', text]])

describe('second factors', () => {
  let clock: StoppedClock
  let door: SecondFactors
  let store: Store
  let logged: string[]

  beforeEach(() => {
    clock = stoppedClock()
    store = createMemoryStore(clock)
    logged = []
    door = doorTo([
      createTotp({ issuer: 'Example', clock }),
      createRecoveryCodes({ clock }),
      createTemporaryAccessPass({ clock }),
    ])
  })

  function doorTo(factors: readonly Factor[]): SecondFactors {
    const log = pino({ level: 'info' }, { write: (line: string) => logged.push(line) })
    return createSecondFactors({ store, clock, log, factors })
  }

  async function begun(purpose: 'enrol' | 'verify', method: Factor['method'], person = ada) {
    const result = await door.begin({ purpose, method, person })
    if ('refused' in result) throw new Error(result.refused)
    return result
  }

  interface Device {
    readonly id: string
    code(at?: number): string
  }

  async function enrolDevice(person = ada, name?: string): Promise<Device> {
    const { id, shown } = await begun('enrol', 'totp', person)
    const secret = String(shown['typed']).replaceAll(' ', '')
    const codeAt = (at = clock.now()) => generateSync({ secret, epoch: Math.floor(at / second) })
    const given = { challenge: id, sub: person.sub, form: code(codeAt()), ...(name && { name }) }
    const { factor } = enrolled(await door.enrol(given))
    clock.advance(minute)
    return { id: factor.id, code: codeAt }
  }

  function enrolled(result: { readonly enrolled: Enrolled } | FactorRefused): Enrolled {
    if ('refused' in result) throw new Error(result.refused)
    return result.enrolled
  }

  async function proveCode(
    typed: string,
    more: { passwordAt?: number; person?: FactorPerson } = {},
  ) {
    const { person = ada, ...rest } = more
    const { id } = await begun('verify', 'totp', person)
    return door.prove({ challenge: id, sub: person.sub, form: code(typed), ...rest })
  }

  /** Of no device, at no time near: a device's own code of an hour ago. */
  const wrongCode = (device: Device) => device.code(clock.now() - 60 * minute)

  async function guessWrongly(device: Device, times: number) {
    const results: unknown[] = []
    for (let turn = 0; turn < times; turn += 1) results.push(await proveCode(wrongCode(device)))
    return results
  }

  describe('a challenge', () => {
    it('proves something once', async () => {
      const device = await enrolDevice()
      const { id } = await begun('verify', 'totp')
      const answer = { challenge: id, sub: ada.sub, form: code(device.code()) }
      const first = await door.prove(answer)
      expect(first).to.have.nested.property('proven.factor.id', device.id)
      expect(first).to.have.deep.nested.property('proven.person', ada)
      expect(first).to.have.nested.property('proven.at', clock.now())
      clock.advance(minute)
      const again = await door.prove({ ...answer, form: code(device.code()) })
      expect(again).to.deep.equal({ refused: 'expired' })
    })

    it('proves something once of two right answers at once', async () => {
      const [one, other] = [await enrolDevice(), await enrolDevice()]
      const { id } = await begun('verify', 'totp')
      const both = await Promise.all(
        [one, other].map((device) =>
          door.prove({ challenge: id, sub: ada.sub, form: code(device.code()) }),
        ),
      )
      expect(both.filter((each) => 'proven' in each).length).to.equal(1)
      expect(both).to.deep.include({ refused: 'expired' })
    })

    it('can be answered again after a wrong answer', async () => {
      const device = await enrolDevice()
      const { id } = await begun('verify', 'totp')
      const answer = (typed: string) =>
        door.prove({ challenge: id, sub: ada.sub, form: code(typed) })
      expect(await answer(wrongCode(device))).to.deep.equal({ refused: 'wrong' })
      expect(await answer(device.code())).to.have.property('proven')
    })

    it('is too old after five minutes', async () => {
      const device = await enrolDevice()
      const { id } = await begun('verify', 'totp')
      clock.advance(5 * minute)
      const answer = { challenge: id, sub: ada.sub, form: code(device.code()) }
      expect(await door.prove(answer)).to.deep.equal({ refused: 'expired' })
    })

    it('is for one person and purpose', async () => {
      const device = await enrolDevice()
      const { id } = await begun('verify', 'totp')
      const form = code(device.code())
      for (const sub of [bob.sub, undefined]) {
        const answer = { challenge: id, form, ...(sub && { sub }) }
        expect(await door.prove(answer)).to.deep.equal({ refused: 'expired' })
      }
      const toEnrol = await door.enrol({ challenge: id, sub: ada.sub, form })
      expect(toEnrol).to.deep.equal({ refused: 'expired' })
      const enrolment = await begun('enrol', 'totp')
      const toProve = await door.prove({ challenge: enrolment.id, sub: ada.sub, form })
      expect(toProve).to.deep.equal({ refused: 'expired' })
      expect(await door.prove({ challenge: 'made up', sub: ada.sub, form })).to.deep.equal({
        refused: 'expired',
      })
    })
  })

  describe('a code', () => {
    it('is good once', async () => {
      const device = await enrolDevice()
      const typed = device.code()
      expect(await proveCode(typed)).to.have.property('proven')
      expect(await proveCode(typed)).to.deep.equal({ refused: 'used' })
    })

    it('is good once of two at once, with a challenge each', async () => {
      const device = await enrolDevice()
      const both = await Promise.all([proveCode(device.code()), proveCode(device.code())])
      expect(both.filter((each) => 'proven' in each).length).to.equal(1)
      expect(both).to.deep.include({ refused: 'used' })
    })

    it('of the next minutes cannot be kept until its time comes', async () => {
      const device = await enrolDevice()
      const future = device.code(clock.now() + 2 * minute)
      expect(await proveCode(future)).to.deep.equal({ refused: 'clockOff' })
      clock.advance(2 * minute)
      expect(await proveCode(future)).to.deep.equal({ refused: 'used' })
    })

    it("of somebody else's device is wrong", async () => {
      await enrolDevice(bob)
      const device = await enrolDevice(ada)
      expect(await proveCode(device.code(), { person: bob })).to.deep.equal({ refused: 'wrong' })
    })
  })

  describe('guessing', () => {
    it('is free five times, and then waits longer every time', async () => {
      const device = await enrolDevice()
      const five = await guessWrongly(device, 5)
      const wrong = { refused: 'wrong' }
      expect(five).to.deep.equal([wrong, wrong, wrong, wrong, { ...wrong, wait: 10 }])
      expect(await proveCode(device.code())).to.deep.equal({ refused: 'tooManyTries', wait: 10 })
      clock.advance(9 * second)
      expect(await proveCode(device.code())).to.deep.equal({ refused: 'tooManyTries', wait: 1 })
      clock.advance(second)
      expect(await proveCode(wrongCode(device))).to.deep.equal({ refused: 'wrong', wait: 20 })
      clock.advance(20 * second)
      expect(await proveCode(device.code())).to.have.property('proven')
    })

    it('begins anew after a success', async () => {
      const device = await enrolDevice()
      await guessWrongly(device, 4)
      expect(await proveCode(device.code())).to.have.property('proven')
      const four = await guessWrongly(device, 4)
      expect(four).to.deep.equal(Array.from({ length: 4 }, () => ({ refused: 'wrong' })))
    })

    it('counts a hundred at once as five', async () => {
      const device = await enrolDevice()
      const { id } = await begun('verify', 'totp')
      const answer = { challenge: id, sub: ada.sub, form: code(wrongCode(device)) }
      const all = await Promise.all(Array.from({ length: 100 }, () => door.prove(answer)))
      const lookedAt = all.filter((each) => 'refused' in each && each.refused === 'wrong')
      expect(lookedAt.length).to.equal(5)
    })

    it('is counted for each person and method alone', async () => {
      const [device, bobs] = [await enrolDevice(ada), await enrolDevice(bob)]
      await guessWrongly(device, 5)
      expect(await proveCode(bobs.code(), { person: bob })).to.have.property('proven')
      const codes = await begun('enrol', 'recoveryCode')
      const made = await door.enrol({ challenge: codes.id, sub: ada.sub, form: new Map() })
      const { id } = await begun('verify', 'recoveryCode')
      const form = code(enrolled(made).shownOnce[0] ?? '')
      expect(await door.prove({ challenge: id, sub: ada.sub, form })).to.have.property('proven')
    })

    it('asks for the password after ten in a row, and the person is told of it once', async () => {
      const device = await enrolDevice()
      const passwordAt = clock.now()
      const tries: unknown[] = []
      for (let turn = 0; turn < 10; turn += 1) {
        tries.push(await proveCode(wrongCode(device), { passwordAt }))
        clock.advance(60 * minute)
      }
      expect(tries.slice(0, 9).some((each) => 'passwordAgain' in (each as object))).to.equal(false)
      expect(tries[9]).to.deep.equal({ refused: 'wrong', wait: 320, passwordAgain: true })
      expect(logged.join('')).to.contain('ten wrong second factors in a row')
      expect(await proveCode(device.code(), { passwordAt })).to.deep.equal({
        refused: 'tooManyTries',
        passwordAgain: true,
      })
      expect(await proveCode(device.code(), { passwordAt: clock.now() })).to.have.property('proven')
      const at = clock.now() - 60 * minute
      expect(await door.takeNotice(ada.sub)).to.deep.equal({ method: 'totp', at })
      expect(await door.takeNotice(ada.sub)).to.equal(undefined)
    })

    it('does not count what is no answer, however often', async () => {
      const device = await enrolDevice()
      await guessWrongly(device, 5)
      clock.advance(10 * second)
      for (let turn = 0; turn < 90; turn += 1) {
        expect(await proveCode('what?')).to.deep.equal({ refused: 'malformed' })
      }
      expect(await proveCode(wrongCode(device))).to.deep.equal({ refused: 'wrong', wait: 20 })
    })

    it('is not forgotten for all that is forgiven', async () => {
      const device = await enrolDevice()
      await guessWrongly(device, 5)
      clock.advance(10 * second)
      for (let turn = 0; turn < 600; turn += 1) {
        if (turn % 90 === 0) clock.advance(minute)
        expect(await proveCode('what?')).to.deep.equal({ refused: 'malformed' })
      }
      expect(await proveCode(wrongCode(device))).to.deep.equal({ refused: 'wrong', wait: 20 })
    }).timeout(20_000)

    it('reads a hundred a minute, of those that do not count either', async () => {
      for (let turn = 0; turn < 100; turn += 1) await proveCode('what?')
      expect(await proveCode('what?')).to.deep.equal({ refused: 'tooManyTries', wait: 60 })
      clock.advance(minute)
      expect(await proveCode('what?')).to.deep.equal({ refused: 'malformed' })
    })
  })

  describe('enrolment', () => {
    it('is there with its name, and a second one of that name has a number', async () => {
      await enrolDevice()
      await enrolDevice()
      await enrolDevice(ada, '  my \u202e old\ttelephone ')
      const names = (await door.of(ada.sub)).map(({ name }) => name)
      expect(names).to.deep.equal(['Authenticator app', 'Authenticator app 2', 'my old telephone'])
    })

    it('shows nothing secret afterwards', async () => {
      await enrolDevice()
      const [factor] = await door.of(ada.sub)
      expect(Object.keys(factor ?? {}).toSorted()).to.deep.equal([
        'createdAt',
        'id',
        'method',
        'name',
      ])
    })

    it('is refused for a wrong code, and can be answered again', async () => {
      const { id, shown } = await begun('enrol', 'totp')
      const answer = (typed: string) =>
        door.enrol({ challenge: id, sub: ada.sub, form: code(typed) })
      const secret = String(shown['typed']).replaceAll(' ', '')
      const codeAt = (at: number) => generateSync({ secret, epoch: Math.floor(at / second) })
      expect(await answer(codeAt(clock.now() - 60 * minute))).to.deep.equal({ refused: 'wrong' })
      expect(await answer(codeAt(clock.now() - 5 * minute))).to.deep.equal({ refused: 'clockOff' })
      expect(await door.of(ada.sub)).to.deep.equal([])
      expect(await answer(codeAt(clock.now()))).to.have.property('enrolled')
      expect(await answer(codeAt(clock.now()))).to.deep.equal({ refused: 'expired' })
      expect((await door.of(ada.sub)).length).to.equal(1)
    })

    it('uses up the code that it was made with', async () => {
      const { id, shown } = await begun('enrol', 'totp')
      const secret = String(shown['typed']).replaceAll(' ', '')
      const typed = generateSync({ secret, epoch: clock.now() / second })
      await door.enrol({ challenge: id, sub: ada.sub, form: code(typed) })
      expect(await proveCode(typed)).to.deep.equal({ refused: 'used' })
    })

    it('takes five devices, and refuses the sixth before anybody scans it', async () => {
      for (let turn = 0; turn < 5; turn += 1) await enrolDevice()
      const sixth = await door.begin({ purpose: 'enrol', method: 'totp', person: ada })
      expect(sixth).to.deep.equal({ refused: 'tooMany' })
    })

    it('of recovery codes replaces those before, and counts what is left', async () => {
      const codesOf = async () => {
        const { id } = await begun('enrol', 'recoveryCode')
        const form = new Map<string, string>()
        return enrolled(await door.enrol({ challenge: id, sub: ada.sub, form })).shownOnce
      }
      const prove = async (typed = '') => {
        const { id } = await begun('verify', 'recoveryCode')
        return door.prove({ challenge: id, sub: ada.sub, form: code(typed) })
      }
      const [old] = await codesOf()
      const [first, next] = await codesOf()
      expect(await prove(old)).to.deep.equal({ refused: 'wrong' })
      expect(await prove(first)).to.have.nested.property('proven.factor.left', 9)
      expect(await prove(first)).to.deep.equal({ refused: 'wrong' })
      expect(await prove(next)).to.have.nested.property('proven.factor.left', 8)
      const all = await door.of(ada.sub)
      expect(all.map(({ name, left }) => ({ name, left }))).to.deep.equal([
        { name: 'Recovery codes', left: 8 },
      ])
    })

    it('of a pass is for admins', async () => {
      const method = 'temporaryAccessPass'
      const own = await door.begin({ purpose: 'enrol', method, person: ada })
      expect(own).to.deep.equal({ refused: 'notAllowed' })
      const pass = enrolled(await door.issuePass(ada, { lifetime: 60, isOnce: true }))
      expect(pass.factor).to.include({ ends: clock.now() + 60 * minute })
      const { id } = await begun('verify', method)
      const form = code(pass.shownOnce[0] ?? '')
      expect(await door.prove({ challenge: id, sub: ada.sub, form })).to.have.property('proven')
      const again = await begun('verify', method)
      const twice = await door.prove({ challenge: again.id, sub: ada.sub, form })
      expect(twice).to.deep.equal({ refused: 'used' })
      const long = await door.issuePass(ada, { lifetime: 50_000, isOnce: true })
      expect(long).to.deep.equal({ refused: 'malformed' })
    })
  })

  describe('what a person has', () => {
    it('can be renamed, but not to nothing', async () => {
      const { id } = await enrolDevice()
      expect(await door.rename(ada.sub, id, ' tablet ')).to.equal(true)
      for (const name of ['', ' \u200b ', 'x'.repeat(65)]) {
        expect(await door.rename(ada.sub, id, name)).to.equal(false)
      }
      expect((await door.of(ada.sub))[0]).to.have.property('name', 'tablet')
      expect(await door.rename(bob.sub, id, "Bob's")).to.equal(false)
    })

    it('can be removed, but for the last one that a policy needs', async () => {
      const [one, other] = [await enrolDevice(), await enrolDevice()]
      const codes = await begun('enrol', 'recoveryCode')
      await door.enrol({ challenge: codes.id, sub: ada.sub, form: new Map() })
      const needed = { isNeeded: true }
      expect(await door.remove(ada.sub, 'made up', needed)).to.equal('notThere')
      expect(await door.remove(ada.sub, one.id, needed)).to.equal('removed')
      expect(await door.remove(ada.sub, other.id, needed)).to.equal('lastOne')
      expect(await proveCode(other.code())).to.have.property('proven')
      expect(await door.remove(ada.sub, other.id, { isNeeded: false })).to.equal('removed')
      clock.advance(minute)
      expect(await proveCode(other.code())).to.deep.equal({ refused: 'wrong' })
    })

    it('is not all gone if the last two are removed at once', async () => {
      const devices = [await enrolDevice(), await enrolDevice()]
      const removals = await Promise.all(
        devices.map(({ id }) => door.remove(ada.sub, id, { isNeeded: true })),
      )
      expect(removals.toSorted()).to.deep.equal(['lastOne', 'removed'])
      expect((await door.of(ada.sub)).length).to.equal(1)
    })

    it('takes the remembering of browsers along, when it is removed or reset', async () => {
      const browsers = createRememberedBrowsers({ store, clock, endedAt: async () => 0 })
      const [{ id }] = [await enrolDevice(), await enrolDevice()]
      const cookie = await browsers.remember(ada.sub, { days: 14 })
      await door.remove(ada.sub, 'made up', { isNeeded: false })
      expect(await browsers.find(ada.sub, cookie)).to.not.equal(undefined)
      await door.remove(ada.sub, id, { isNeeded: false })
      expect(await browsers.find(ada.sub, cookie)).to.equal(undefined)
      await browsers.remember(ada.sub, { days: 14 })
      await door.reset(ada.sub)
      expect(await browsers.list(ada.sub)).to.deep.equal([])
    })

    it('is gone after a reset, with what was counted', async () => {
      const device = await enrolDevice()
      await enrolDevice(bob)
      await guessWrongly(device, 5)
      expect(await door.reset(ada.sub)).to.equal(1)
      expect(await door.of(ada.sub)).to.deep.equal([])
      expect((await door.of(bob.sub)).length).to.equal(1)
      const again = await enrolDevice()
      expect(await proveCode(again.code())).to.have.property('proven')
    })
  })

  describe('a factor that refuses', () => {
    const guesses: readonly FactorRefusal[] = ['wrong', 'used', 'clockOff']
    for (const refused of factorRefusals) {
      const counts = guesses.includes(refused)
      it(`is handed on: ${refused} ${counts ? 'counts' : 'does not count'} as a guess`, async () => {
        door = doorTo([refusing(refused)])
        const { id } = await begun('verify', 'passkey')
        const answer = { challenge: id, sub: ada.sub, form: new Map() }
        const seven: unknown[] = []
        for (let turn = 0; turn < 7; turn += 1) seven.push(await door.prove(answer))
        expect(seven[0]).to.deep.equal({ refused })
        expect(seven[6]).to.deep.equal(counts ? { refused: 'tooManyTries', wait: 10 } : { refused })
        const enrolment = await begun('enrol', 'passkey')
        const form = new Map<string, string>()
        expect(await door.enrol({ challenge: enrolment.id, sub: ada.sub, form })).to.deep.equal({
          refused,
        })
      })
    }

    function refusing(refused: FactorRefusal): Factor {
      return {
        method: 'passkey',
        challenge: async () => ({ shown: {}, expected: '' }),
        enrol: async () => ({ refused }),
        verify: async () => ({ refused }),
      }
    }

    it('is not there at all: notAllowed', async () => {
      door = doorTo([])
      const begin = await door.begin({ purpose: 'verify', method: 'totp', person: ada })
      expect(begin).to.deep.equal({ refused: 'notAllowed' })
    })
  })

  describe('somebody who has not said who they are', () => {
    /** Answers name a handle, and are right. */
    let challenges = 0
    const naming: Factor = {
      method: 'passkey',
      // Each one is another, as those of passkeys are.
      challenge: async () => ({ shown: {}, expected: String((challenges += 1)) }),
      enrol: async ({ form }) => {
        const knownAs = form.get('handle') ?? ''
        return { enrolled: { name: 'key', data: {}, amr: ['swk'], knownAs } }
      },
      verify: async ({ registered: [factor] }) =>
        factor === undefined ? { refused: 'wrong' } : { proof: { factor, amr: ['swk'] } },
      knownAs: (form) => form.get('handle'),
    }
    const handle = (name: string) => new Map([['handle', name]])

    beforeEach(() => {
      door = doorTo([naming])
    })

    async function enrolKey(name: string, person = ada) {
      const { id } = await begun('enrol', 'passkey', person)
      return door.enrol({ challenge: id, sub: person.sub, form: handle(name) })
    }

    async function prove(form: ReadonlyMap<string, string>, sub?: string) {
      const result = await door.begin({ purpose: 'verify', method: 'passkey' })
      if ('refused' in result) throw new Error(result.refused)
      return door.prove({ challenge: result.id, form, ...(sub && { sub }) })
    }

    it('is found by what the answer says', async () => {
      await enrolKey('handle of ada')
      const result = await prove(handle('handle of ada'))
      expect(result).to.have.deep.nested.property('proven.person', ada)
      expect(await prove(handle('another'))).to.deep.equal({ refused: 'wrong' })
      expect(await prove(new Map())).to.deep.equal({ refused: 'malformed' })
      const asBob = await prove(handle('handle of ada'), bob.sub)
      expect(asBob).to.deep.equal({ refused: 'wrong' })
    })

    it('is not somebody else who takes the same handle', async () => {
      await enrolKey('handle of ada')
      const taken = await enrolKey('handle of ada', bob)
      expect(taken).to.deep.equal({ refused: 'alreadyThere' })
      expect(await door.of(bob.sub)).to.deep.equal([])
    })
  })
})
