import { expect } from 'chai'
import { pino } from 'pino'
import { createSecondFactors } from '../../../../provider/mfa/create-second-factors.ts'
import { createPasskey } from '../../../../provider/mfa/passkey.ts'
import { passkeySettings } from '../../../../provider/mfa/passkey-settings.ts'
import type { Begin, Begun } from '../../../../provider/mfa/second-factors.ts'
import { createMemoryStore } from '../../../../shared/store-memory.ts'
import { passkeyForm, softwareAuthenticator } from '../../../support/software-authenticator.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const origin = 'https://id.corp.example'
const alice = { sub: 'corp:1', username: 'alice@corp.example' }
const bob = { sub: 'corp:2', username: 'bob@corp.example' }

/** The door with passkeys alone behind it. */
function setUp() {
  const clock = stoppedClock()
  const relyingParty = { id: 'id.corp.example', name: 'Corp', origin }
  const passkey = createPasskey({ relyingParty, settings: passkeySettings.parse({}), clock })
  const log = pino({ level: 'silent' })
  const door = createSecondFactors({
    store: createMemoryStore(clock),
    clock,
    log,
    factors: [passkey],
  })
  const authenticator = softwareAuthenticator({ origin })

  async function begin(asked: Omit<Begin, 'method'>): Promise<Begun> {
    const begun = await door.begin({ ...asked, method: 'passkey' })
    if ('refused' in begun) throw new Error(begun.refused)
    return begun
  }

  async function enrol(person: typeof alice) {
    const { id, shown } = await begin({ purpose: 'enrol', person })
    const form = passkeyForm(authenticator.create(shown['options']))
    const result = await door.enrol({ challenge: id, sub: person.sub, form })
    if ('refused' in result) throw new Error(result.refused)
    return result.enrolled.factor
  }

  async function answer() {
    const { id, shown } = await begin({ purpose: 'verify' })
    return { challenge: id, form: passkeyForm(authenticator.get(shown['options'])) }
  }

  return { clock, door, authenticator, begin, enrol, answer }
}

describe('somebody who gives a passkey and no name', () => {
  it('is known by it', async () => {
    const { door, enrol, answer } = setUp()
    await enrol(bob)
    const factor = await enrol(alice)
    const result = await door.prove(await answer())
    expect(result).to.deep.nested.include({
      'proven.person': alice,
      'proven.amr': ['hwk', 'user', 'mfa'],
    })
    expect(result).to.nested.include({ 'proven.factor.id': factor.id })
  })

  it('cannot give the same answer twice', async () => {
    const { door, enrol, answer } = setUp()
    await enrol(alice)
    const given = await answer()
    expect(await door.prove(given)).to.have.property('proven')
    expect(await door.prove(given)).to.deep.equal({ refused: 'expired' })
    const { challenge } = await answer()
    expect(await door.prove({ ...given, challenge })).to.deep.equal({ refused: 'expired' })
  })

  it('has five minutes', async () => {
    const { clock, door, enrol, answer } = setUp()
    await enrol(alice)
    const given = await answer()
    clock.advance(5 * 60_000 + 1)
    expect(await door.prove(given)).to.deep.equal({ refused: 'expired' })
  })

  it('is nobody once it was removed', async () => {
    const { door, enrol, answer } = setUp()
    const { id } = await enrol(alice)
    await door.remove(alice.sub, id, { isNeeded: false })
    expect(await door.prove(await answer())).to.deep.equal({ refused: 'wrong' })
  })

  it('is found out with a copy, also in the next sign-in', async () => {
    const { door, authenticator, begin, enrol, answer } = setUp()
    await enrol(alice)
    const copy = authenticator.clone()
    expect(await door.prove(await answer())).to.have.property('proven')
    const { id, shown } = await begin({ purpose: 'verify' })
    const form = passkeyForm(copy.get(shown['options']))
    expect(await door.prove({ challenge: id, form })).to.deep.equal({ refused: 'cloned' })
  })

  it('is not somebody else because the answer says so', async () => {
    const { door, authenticator, begin, enrol } = setUp()
    await enrol(bob)
    const { shown: theirs } = await begin({ purpose: 'enrol', person: bob })
    const { user } = theirs['options'] as { user: { id: string } }
    await enrol(alice)
    const { id, shown } = await begin({ purpose: 'verify' })
    for (const userHandle of [user.id, 'bW9yZQ']) {
      const form = passkeyForm(authenticator.get(shown['options'], { userHandle }))
      expect(await door.prove({ challenge: id, form })).to.deep.equal({ refused: 'wrong' })
    }
  })
})
