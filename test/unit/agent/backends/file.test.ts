import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { expect } from 'chai'
import { pino } from 'pino'
import { stringify } from 'yaml'
import type { PasswordBackend } from '../../../../agent/backends/backend.ts'
import { createBackend } from '../../../../agent/backends/registry.ts'
import { systemClock } from '../../../../shared/clock.ts'
import { accountLookupContract, asLookup } from '../../../contracts/account-lookup.ts'
import {
  asking,
  credentials,
  passwordBackendContract,
} from '../../../contracts/password-backend.ts'
import { asChanger, passwordChangerContract } from '../../../contracts/password-changer.ts'
import { expectFault } from '../../../support/rejection.ts'

const password = 'Passw0rd!Lab'
const zoePassword = 'Pässwörd-密码-1'
const idOfOk = '1f0c7d3a-9f5e-4c53-8a52-5a3c0f6f0b11'

/** What is said of whoever is in a state and knows the password, by the name of the person. */
const states = {
  expired: 'passwordExpired',
  mustchange: 'mustChangePassword',
  locked: 'accountLocked',
  disabled: 'accountDisabled',
  acctexpired: 'accountExpired',
  notyet: 'notNow',
} as const

describe('the file backend', () => {
  let folder: string
  let passwordHash: string
  let zoeHash: string
  const lines: string[] = []
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) })

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-users-'))
    // The least that argon2 allows: these tests are not about its strength.
    const cheap = { memoryCost: 8, timeCost: 1, parallelism: 1 }
    passwordHash = await hash(password, cheap)
    zoeHash = await hash(zoePassword, cheap)
  })
  after(() => rm(folder, { recursive: true }))

  const open = async (file: string, parallel = 2): Promise<PasswordBackend> =>
    createBackend(
      { type: 'file', file, parallel, changePasswords: true },
      { log, clock: systemClock, folder },
    )

  const write = (file: string, users: readonly object[]) =>
    writeFile(join(folder, file), stringify({ users }))

  const person = (username: string) => ({ username, id: username, passwordHash })
  const peopleInStates = () =>
    Object.entries(states).map(([username, state]) => ({ ...person(username), state }))

  describe('changing passwords', () => {
    passwordChangerContract(async () => {
      const names = ['changer1', 'changer2', 'changer3', 'changer4', 'changer5', 'changer6']
      await write('changers.yaml', [...names.map(person), ...peopleInStates()])
      const { expired: _, mustchange: __, notyet: ___, ...refused } = states
      const backend = asChanger(await open('changers.yaml'))
      return { backend, password, states: refused, dispose: async () => {} }
    })
  })

  passwordBackendContract(async () => {
    const ok = {
      username: 'ok@lab.test',
      id: idOfOk,
      passwordHash,
      claims: {
        name: 'Given Sur-ok',
        given_name: 'Given',
        family_name: 'Sur-ok',
        email: 'ok@lab.test',
        preferred_username: 'ok',
        phone_number: '+31 20 1234567',
        groups: ['apps', 'sales, marketing'],
      },
    }
    const zoe = {
      username: 'zoë@lab.test',
      id: 'zoe',
      passwordHash: zoeHash,
      claims: { name: 'Zoë Müller-Łukasz 山田' },
    }
    await write('contract.yaml', [ok, zoe, ...peopleInStates()])
    const backend = await open('contract.yaml')
    return { backend, idOfOk, password, zoePassword, states, dispose: async () => {} }
  })

  describe('looking accounts up', () => {
    accountLookupContract(async () => {
      await write('lookup.yaml', [person('ok'), ...peopleInStates()])
      const backend = asLookup(await open('lookup.yaml'))
      const idOf = async (name: string) => name
      // No password is tried, so none is too old or was wrong too often.
      const looked = { ...states, ok: 'ok', locked: 'ok', expired: 'ok', mustchange: 'ok' }
      const about = { password, states: looked, nobodys: 'gone', tellsChange: false } as const
      return { ...about, backend, idOf, dispose: async () => {} }
    })

    it('tells when a password was changed while it ran, here or in the file', async () => {
      const users = (hashed: string) => [
        { username: 'one', id: '1', passwordHash: hashed },
        { username: 'two', id: '2', passwordHash, state: 'mustChangePassword' },
      ]
      await write('changed.yaml', users(passwordHash))
      const backend = await open('changed.yaml')
      const changedAt = async (id: string) => {
        const sought = { id, signal: AbortSignal.timeout(5_000) }
        const { outcome } = await asLookup(backend).lookUp(sought)
        return outcome.name === 'ok' ? outcome.account.passwordChangedAt : outcome.name
      }
      const began = systemClock.now()
      expect(await changedAt('1')).to.equal(undefined)

      await write('changed.yaml', users(zoeHash))
      const typed = { ...credentials('two', 'two', password), newPassword: 'Fresh-Start-1' }
      const { outcome } = await asChanger(backend).changePassword(typed)

      expect(await changedAt('1')).to.be.within(began, systemClock.now())
      expect(outcome).to.have.nested.property('account.passwordChangedAt', await changedAt('2'))
    })
  })

  describe('names', () => {
    async function found(backend: PasswordBackend, username: string, localName = username) {
      const { outcome } = await backend.verify(credentials(username, localName, password))
      return outcome.name === 'ok' ? outcome.account.id : outcome.name
    }

    it('mean the person whose whole name it is, before one whose first part it is', async () => {
      await write(
        'names.yaml',
        ['alice@a.example', 'alice@b.example', 'bob', 'bob@b.example'].map(person),
      )
      const backend = await open('names.yaml')
      expect(await found(backend, 'alice@b.example', 'alice')).to.equal('alice@b.example')
      expect(await found(backend, 'BOB@B.example', 'BOB')).to.equal('bob@b.example')
      expect(await found(backend, 'bob')).to.equal('bob')
    })

    it('mean nobody if they could mean two', async () => {
      await write('names.yaml', ['alice@a.example', 'alice@b.example'].map(person))
      const backend = await open('names.yaml')
      expect(await found(backend, 'alice')).to.equal('unknownUser')
    })

    it('are the same however their accents were put together', async () => {
      await write('names.yaml', [person('zo\u00eb')])
      expect(await found(await open('names.yaml'), 'ZOE\u0308')).to.equal('zo\u00eb')
    })
  })

  describe('states', () => {
    it('can be any reason why nobody could tell', async () => {
      await write('states.yaml', [
        { username: 'slow', id: '1', passwordHash, state: 'unavailable/directoryTimeout' },
      ])
      const ask = asking(await open('states.yaml'))
      const expected = { name: 'unavailable', reason: 'directoryTimeout' }
      expect((await ask('slow', password)).outcome).to.deep.equal(expected)
      expect((await ask('slow', 'wrong')).outcome.name).to.equal('wrongPassword')
    })

    it('show with any password if they are locked or disabled', async () => {
      await write('states.yaml', [
        { username: 'locked', id: '1', passwordHash, state: 'accountLocked' },
        { username: 'disabled', id: '2', passwordHash, state: 'accountDisabled' },
      ])
      const ask = asking(await open('states.yaml'))
      expect((await ask('locked', 'wrong')).outcome.name).to.equal('accountLocked')
      expect((await ask('disabled', 'wrong')).outcome.name).to.equal('accountDisabled')
    })
  })

  describe('a file that changes', () => {
    const one = () => ({ username: 'one', id: '1', passwordHash })
    const two = () => ({ username: 'two', id: '2', passwordHash })
    const replace = async (file: string, text: string) => {
      await writeFile(join(folder, 'new'), text)
      await rename(join(folder, 'new'), join(folder, file))
    }

    it('counts from the next question on', async () => {
      await write('changing.yaml', [one()])
      const ask = asking(await open('changing.yaml'))
      expect((await ask('two', password)).outcome.name).to.equal('unknownUser')
      await replace('changing.yaml', stringify({ users: [one(), two()] }))
      expect((await ask('two', password)).outcome.name).to.equal('ok')
    })

    it('does not replace a good one if it is bad, and each problem is logged with its line', async () => {
      await write('changing.yaml', [one()])
      const ask = asking(await open('changing.yaml'))
      await replace('changing.yaml', 'users:\n  - username: one\n    id: "1"\n    pasword: x\n')
      lines.length = 0
      for (let count = 0; count < 3; count += 1) {
        expect((await ask('one', password)).outcome.name).to.equal('ok')
      }
      const logged = lines.filter((line) => line.includes('the users file is bad'))
      expect(logged).to.have.length(1)
      expect(logged[0]).to.contain('changing.yaml:4:5')
      expect(logged[0]).to.contain('passwordHash')
      await replace('changing.yaml', stringify({ users: [two()] }))
      expect((await ask('one', password)).outcome.name).to.equal('unknownUser')
    })

    it('stays in use while it is gone', async () => {
      await write('changing.yaml', [one()])
      const ask = asking(await open('changing.yaml'))
      await rm(join(folder, 'changing.yaml'))
      expect((await ask('one', password)).outcome.name).to.equal('ok')
    })

    it('must be good to begin with', async () => {
      await write('bad.yaml', [{ username: 'a b', id: '1', passwordHash: 'clear' }])
      const fault = await expectFault(open('bad.yaml'), 'settings')
      expect(fault.message).to.contain('bad.yaml:2:15')
      expect(fault.message).to.contain('bad.yaml:4:19')
      expect(fault.message).not.to.contain('clear')
      await expectFault(open('missing.yaml'), 'settings')
    })
  })

  it('answers overloaded if it is not your turn before the time is up', async () => {
    const slowHash = await hash(password, { memoryCost: 65_536, timeCost: 4, parallelism: 1 })
    await write('slow.yaml', [{ username: 'one', id: '1', passwordHash: slowHash }])
    const backend = await open('slow.yaml', 1)
    const first = backend.verify(credentials('one', 'one', password))
    const signal = AbortSignal.timeout(20)
    const second = await backend.verify({ ...credentials('one', 'one', password), signal })
    expect(second.outcome).to.include({ name: 'unavailable', reason: 'overloaded' })
    expect((await first).outcome.name).to.equal('ok')
  })

  it('hashes once for nobody as for somebody, so that time does not tell them apart', async () => {
    const slowHash = await hash(password, { memoryCost: 65_536, timeCost: 2, parallelism: 1 })
    await write('slow.yaml', [{ username: 'one', id: '1', passwordHash: slowHash }])
    const ask = asking(await open('slow.yaml'))
    const timed = async (name: string) => {
      const start = performance.now()
      await ask(name, 'wrong')
      return performance.now() - start
    }
    const known: number[] = []
    const unknown: number[] = []
    for (let count = 0; count < 5; count += 1) {
      known.push(await timed('one'))
      unknown.push(await timed('nobody'))
    }
    // Without the hash it would be hundreds of times faster.
    expect(Math.min(...unknown)).to.be.greaterThan(Math.min(...known) / 4)
  })
})
