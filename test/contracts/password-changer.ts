import { expect } from 'chai'
import type { PasswordBackend, PasswordChanger } from '../../agent/backends/backend.ts'
import type { Account } from '../../shared/account.ts'
import type { ChangeRefusedName, Outcome, RefusedName } from '../../shared/outcome.ts'
import { asking, credentials } from './password-backend.ts'

/** A backend that may change passwords, beside people who have one to change. */
export interface ChangerUnderTest {
  readonly backend: PasswordBackend & PasswordChanger
  /** Of everybody. */
  readonly password: string
  /** What changing the right password comes to for those who may not. */
  readonly states: Readonly<Record<string, ChangeRefusedName | RefusedName>>
  /** A password that is long enough, and too simple; if the directory minds. */
  readonly tooSimple?: string
  dispose(): Promise<void>
}

/**
 * What every backend promises that can change passwords: see `PasswordChanger` in
 * `agent/backends/backend.ts`. There are `changer1` to `changer6`, each for one test, and `expired`
 * and `mustchange`; all of suffix `lab.test`.
 */
export function passwordChangerContract(make: () => Promise<ChangerUnderTest>): void {
  let made: ChangerUnderTest
  before(async () => {
    made = await make()
  })
  // There is none if it could not be made, which has been said then.
  after(() => made?.dispose())

  const change = async (person: string, password: string, newPassword: string) => {
    const typed = credentials(`${person}@lab.test`, person, password)
    return (await made.backend.changePassword({ ...typed, newPassword })).outcome
  }
  const verify = async (person: string, password: string) =>
    (await asking(made.backend)(person, password)).outcome

  it('changes a password: the new one is right from then on, and the old one wrong', async () => {
    const before = await verify('changer1', made.password)
    const changed = await change('changer1', made.password, 'Fresh-Start-1')
    const { passwordChangedAt: since = 0, passwordExpiresAt: _, ...person } = accountOf(changed)
    const { passwordChangedAt: until = since - 1 } = accountOf(before)
    expect(accountOf(before)).to.deep.include(person)
    expect(since).to.be.above(until)
    expect(await verify('changer1', 'Fresh-Start-1')).to.deep.equal(changed)
    expect((await verify('changer1', made.password)).name).to.equal('wrongPassword')
  })

  it('takes any letters', async () => {
    const password = 'Пароль-密码-ü"\\ 1'
    expect((await change('changer2', made.password, password)).name).to.equal('ok')
    expect((await verify('changer2', password)).name).to.equal('ok')
  })

  for (const person of ['expired', 'mustchange']) {
    it(`changes that of somebody who could not sign in any more: ${person}`, async () => {
      const changed = await change(person, made.password, 'Fresh-Start-1')
      expect(changed.name).to.equal('ok')
      const after = await verify(person, 'Fresh-Start-1')
      expect(after).to.deep.equal(changed)
    })
  }

  it('changes nothing for whoever does not know the old one', async () => {
    for (const wrong of ['Wrong-1234', '', 'nul\0']) {
      expect((await change('changer3', wrong, 'Fresh-Start-1')).name).to.equal('wrongOldPassword')
    }
    expect((await verify('changer3', made.password)).name).to.equal('ok')
  })

  it('says the same about somebody who does not exist', async () => {
    const { name } = await change('nobody', made.password, 'Fresh-Start-1')
    expect(name).to.equal('wrongOldPassword')
  })

  it('refuses a new one that is too short, or empty, or would be cut off', async () => {
    for (const short of ['Ab1-', '', 'Fresh\0Start-1']) {
      expect((await change('changer4', made.password, short)).name, short).to.equal('tooShort')
    }
    expect((await verify('changer4', made.password)).name).to.equal('ok')
  })

  it('refuses one that was there before', async () => {
    expect((await change('changer5', made.password, 'Fresh-Start-1')).name).to.equal('ok')
    expect((await change('changer5', 'Fresh-Start-1', 'Fresh-Start-2')).name).to.equal('ok')
    const back = await change('changer5', 'Fresh-Start-2', 'Fresh-Start-1')
    expect(back.name).to.equal('inHistory')
  })

  it('refuses one that is too simple, where the directory minds', async () => {
    const simple = made.tooSimple ?? 'Fresh-Start-1'
    const expected = made.tooSimple === undefined ? 'ok' : 'tooSimple'
    expect((await change('changer6', made.password, simple)).name).to.equal(expected)
  })

  it('tells those who may not use their account at all', async () => {
    for (const [person, expected] of Object.entries(made.states)) {
      const { name } = await change(person, made.password, 'Fresh-Start-1')
      expect(name, person).to.equal(expected)
    }
  })
}

function accountOf(outcome: Outcome): Account {
  if (outcome.name === 'ok') return outcome.account
  throw new Error(`not ok but ${outcome.name}`)
}

/** @throws if the settings do not let it change passwords */
export function asChanger(backend: PasswordBackend): PasswordBackend & PasswordChanger {
  if ('changePassword' in backend) return backend as PasswordBackend & PasswordChanger
  throw new Error('this backend changes no passwords')
}
