import { expect } from 'chai'
import type { BackendAnswer, Credentials, PasswordBackend } from '../../agent/backends/backend.ts'
import type { RefusedName } from '../../shared/outcome.ts'

/**
 * What every backend promises: see the comments of the port in `agent/backends/backend.ts`. The
 * people are those of the directory that `make` opens, all of realm suffix `lab.test`.
 *
 * @param make a backend for all tests, which change nothing in it
 */
export function passwordBackendContract(make: () => Promise<BackendUnderTest>): void {
  let made: BackendUnderTest
  let ask: Ask

  before(async () => {
    made = await make()
    ask = asking(made.backend)
  })

  // There is none if it could not be made, which has been said then.
  after(() => made?.dispose())

  describe('the right password', () => {
    it('is ok, with the immutable id and the claims', async () => {
      const { outcome } = await ask('ok', made.password)
      if (outcome.name !== 'ok') throw new Error(`not ok but ${outcome.name}`)
      expect(outcome.account.id).to.equal(made.idOfOk)
      expect(outcome.account.claims).to.deep.equal({
        name: 'Given Sur-ok',
        given_name: 'Given',
        family_name: 'Sur-ok',
        email: 'ok@lab.test',
        preferred_username: 'ok',
        phone_number: '+31 20 1234567',
        groups: made.groupsOfOk ?? ['apps', 'sales, marketing'],
      })
    })

    it('is the same person each time, and with upper case in the name', async () => {
      const names = await Promise.all([
        ask('ok', made.password),
        ask('OK', made.password),
        made.backend.verify(credentials('Ok@Lab.Test', 'Ok', made.password)),
      ])
      expect(names.map(idOf)).to.deep.equal([made.idOfOk, made.idOfOk, made.idOfOk])
    })

    it('is ok with a name and a password in UTF-8', async () => {
      const { outcome } = await ask('zoë', made.zoePassword)
      expect(outcome).to.have.nested.property('account.claims.name', 'Zoë Müller-Łukasz 山田')
    })
  })

  describe('another password', () => {
    it('is a wrong one', async () => {
      expect(await name(ask('ok', 'Wrong-1234'))).to.equal('wrongPassword')
      expect(await name(ask('zoë', made.password))).to.equal('wrongPassword')
    })

    it('is a wrong one if it differs in case, in a space, or in what comes after', async () => {
      const close = [made.password.toLowerCase(), `${made.password} `, `${made.password}\0x`]
      for (const password of close) {
        expect(await name(ask('ok', password)), password).to.equal('wrongPassword')
      }
    })

    it('is a wrong one if it is empty, whoever it is for', async () => {
      for (const person of ['ok', 'nobody', 'locked']) {
        expect(await name(ask(person, '')), person).to.equal('wrongPassword')
      }
    })

    it('may be as long as the wire lets through', async () => {
      expect(await name(ask('ok', 'ä'.repeat(1024)))).to.equal('wrongPassword')
    })
  })

  describe('a name that is nobody’s', () => {
    it('is unknown', async () => {
      expect(await name(ask('nobody', made.password))).to.equal('unknownUser')
    })

    for (const typed of hostileNames) {
      it(`is unknown also if it is ${JSON.stringify(typed)}`, async () => {
        const answer = made.backend.verify(credentials(typed, typed, made.password))
        expect(await name(answer)).to.equal('unknownUser')
      })
    }
  })

  it('tells what is wrong with an account', async () => {
    for (const [person, outcome] of Object.entries(made.states)) {
      expect(await name(ask(person, made.password)), person).to.equal(outcome)
    }
  })

  it('does not tell who has expired or must change to somebody with a wrong password', async () => {
    for (const person of ['expired', 'mustchange']) {
      expect(await name(ask(person, 'Wrong-1234')), person).to.equal('wrongPassword')
    }
  })

  it('answers fifty at once, each with their own answer', async () => {
    const people = Array.from({ length: 50 }, (_, index) => {
      return [
        ['ok', made.password, 'ok'],
        ['ok', 'Wrong-1234', 'wrongPassword'],
        ['nobody', made.password, 'unknownUser'],
        ['zoë', made.zoePassword, 'ok'],
        ['expired', made.password, 'passwordExpired'],
      ][index % 5] as [string, string, string]
    })
    const answers = await Promise.all(people.map(([person, password]) => ask(person, password)))
    const names = answers.map(({ outcome }) => outcome.name)
    expect(names).to.deep.equal(people.map(([, , outcome]) => outcome))
  })

  it('asks nobody when the time is up already', async () => {
    const late = { ...credentials('ok@lab.test', 'ok', made.password), signal: AbortSignal.abort() }
    const { outcome } = await made.backend.verify(late)
    expect(outcome).to.include({ name: 'unavailable', reason: 'overloaded' })
  })
}

/** A backend whose people are as in `test/support/openldap-people.ts`. */
export interface BackendUnderTest {
  readonly backend: PasswordBackend
  readonly idOfOk: string
  /** Where a directory takes no comma in the name of a group. */
  readonly groupsOfOk?: readonly string[]
  /** Of everybody but zoë. */
  readonly password: string
  readonly zoePassword: string
  /** What the right password comes to, by the part of the name before the @. */
  readonly states: Readonly<Record<string, RefusedName | 'ok'>>
  dispose(): Promise<void>
}

/** Syntax of filters and DNs, which must be no more than letters in a name. */
const hostileNames = [
  '*',
  'o*',
  'ok)(uid=*',
  '*)(objectClass=*',
  ')(|(uid=*',
  '\\2a',
  '\\',
  'ok\0',
  '\0',
  '(',
  ')',
  '&',
  'uid=ok,ou=people,dc=lab,dc=test',
  'uid=ok,ou=people,dc=lab,dc=test@lab.test',
  'cn=svc-read,ou=service,dc=lab,dc=test',
  'EXTERNAL',
  '{localName}',
  '$&',
  '__proto__',
  '\ud800',
]

export type Ask = (localName: string, password: string) => Promise<BackendAnswer>

/** Asks about people of suffix `lab.test`, with five seconds for each answer. */
export function asking(backend: PasswordBackend): Ask {
  return (localName, password) =>
    backend.verify(credentials(`${localName}@lab.test`, localName, password))
}

export function credentials(username: string, localName: string, password: string): Credentials {
  return { username, localName, password, signal: AbortSignal.timeout(5_000) }
}

async function name(answer: Promise<BackendAnswer>): Promise<string> {
  return (await answer).outcome.name
}

function idOf({ outcome }: BackendAnswer): string | undefined {
  return outcome.name === 'ok' ? outcome.account.id : outcome.name
}
