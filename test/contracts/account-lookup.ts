import { expect } from 'chai'
import type { AccountLookup, PasswordBackend } from '../../agent/backends/backend.ts'
import { asking } from './password-backend.ts'

/** A backend that knows accounts without being shown their passwords. */
export interface LookupUnderTest {
  readonly backend: PasswordBackend & AccountLookup
  /** Of everybody. */
  readonly password: string
  /** The immutable id of a person, as the directory has it. */
  idOf(person: string): Promise<string>
  /** Whether the directory says when a password was changed; it does unless this is `false`. */
  readonly tellsChange?: false
  /** What looking up those comes to whose account has something about it. */
  readonly states: Readonly<Record<string, string>>
  /** An id of the right form that nobody has. */
  readonly nobodys: string
  dispose(): Promise<void>
}

/** What every backend promises that has `lookUp`: see `AccountLookup` in `agent/backends/backend.ts`. */
export function accountLookupContract(make: () => Promise<LookupUnderTest>): void {
  let made: LookupUnderTest
  before(async () => {
    made = await make()
  })
  // There is none if it could not be made, which has been said then.
  after(() => made?.dispose())

  const lookUp = async (id: string) =>
    (await made.backend.lookUp({ id, signal: AbortSignal.timeout(5_000) })).outcome

  it('finds an account as it was when its owner signed in', async () => {
    const { outcome } = await asking(made.backend)('ok', made.password)
    expect(await lookUp(await made.idOf('ok'))).to.deep.equal(outcome)
    if (made.tellsChange === false) return
    expect(outcome).to.have.nested.property('account.passwordChangedAt').that.is.above(0)
  })

  it('knows that an account is gone', async () => {
    expect(await lookUp(made.nobodys)).to.deep.equal({ name: 'unknownUser' })
  })

  it('takes an id for what it is, and never for syntax', async () => {
    for (const id of ['*', '*)(objectClass=*', '', '\0', 'nobody', '><GUID=1']) {
      expect(await lookUp(id), id).to.deep.equal({ name: 'unknownUser' })
    }
  })

  it('says why nobody may use an account, and nothing of what passes by itself', async () => {
    for (const [person, expected] of Object.entries(made.states)) {
      expect((await lookUp(await made.idOf(person))).name, person).to.equal(expected)
    }
  })
}

/** @throws if it cannot look accounts up */
export function asLookup(backend: PasswordBackend): PasswordBackend & AccountLookup {
  if ('lookUp' in backend) return backend as PasswordBackend & AccountLookup
  throw new Error('this backend looks nobody up')
}
