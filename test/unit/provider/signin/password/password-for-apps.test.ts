import { expect } from 'chai'
import type { AppPassword } from '../../../../../provider/oidc/password-grant/app-password.ts'
import { passwordForApps } from '../../../../../provider/signin/password/password-for-apps.ts'
import type {
  PasswordCheck,
  PasswordResult,
} from '../../../../../provider/signin/password/password-step.ts'

const realms = [
  { name: 'corp', suffixes: ['corp.example'], default: false },
  { name: 'break-glass', suffixes: ['break-glass'], default: false },
]
const typed: AppPassword = {
  username: ' alice@corp.example ',
  password: 'open sesame',
  secondOpinion: () => true,
  clientId: 'old-app',
  clientAddress: '192.0.2.1',
  reference: '7KQ-M2X-9TF',
}
const right: PasswordResult = {
  accountId: 'corp:42',
  account: { id: '42', claims: {} },
  proofs: [],
}
const wrong: PasswordResult = { problem: { outcome: { name: 'wrongPassword' }, reference: 'r' } }

function setUp(result: PasswordResult) {
  const checked: PasswordCheck[] = []
  const floors: { milliseconds: number; end: () => void }[] = []
  const check = passwordForApps({
    realms,
    checkPassword: async (asked) => {
      checked.push(asked)
      return result
    },
    delay: (milliseconds) =>
      new Promise((resolve) => floors.push({ milliseconds, end: () => resolve(undefined) })),
  })
  return { check, checked, floors }
}

const admit = async () => undefined

/** Whether it has settled once everything that can go on now has gone on. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false
  const settle = () => {
    settled = true
  }
  promise.then(settle, settle)
  await new Promise((resolve) => setImmediate(resolve))
  return settled
}

describe('a password that was told to an app', () => {
  it('is checked by the step of the pages, for the realm of its name', async () => {
    const { check, checked } = setUp(right)
    const answer = await check(typed, admit)

    const account = { id: '42', claims: {}, signedInAs: 'alice@corp.example' }
    expect(answer).to.deep.equal({ state: 'in', signedIn: { ...right, account } })
    expect(checked).to.deep.equal([
      { ...typed, username: 'alice@corp.example', realm: 'corp', uid: typed.reference },
    ])
  })

  it('is refused no sooner for who is kept out by a policy than for who is wrong', async () => {
    const { check, floors } = setUp(right)
    const kept = check(typed, async () => 'refused by a policy')

    expect(await isSettled(kept)).to.equal(false)
    expect(floors.map(({ milliseconds }) => milliseconds)).to.deep.equal([400])
    floors[0]?.end()
    expect(await kept).to.deep.equal({ state: 'refused', detail: 'refused by a policy' })
  })

  it('asks no policy about who is wrong', async () => {
    const { check, floors } = setUp(wrong)
    const refused = check(typed, () => Promise.reject(new Error('asked')))
    floors[0]?.end()

    expect(await refused).to.deep.equal({ state: 'refused', detail: 'PST-101 wrongPassword' })
  })

  it('is tried nowhere for a name that no realm takes, and for none of emergencies', async () => {
    for (const username of ['bob@other.example', 'a\0@corp.example', '', 'one@break-glass']) {
      const { check, checked, floors } = setUp(right)
      const refused = check({ ...typed, username }, admit)
      expect(await isSettled(refused), username).to.equal(false)
      floors[0]?.end()
      expect((await refused).state).to.equal('refused')
      expect(checked).to.have.length(0)
    }
  })

  it('is not called wrong when nobody could check it', async () => {
    const outcome = { name: 'unavailable', reason: 'noAgent' } as const
    const { check, floors } = setUp({ problem: { outcome, reference: 'r' } })
    const answer = check(typed, admit)
    floors[0]?.end()

    expect((await answer).state).to.equal('unavailable')
  })
})
