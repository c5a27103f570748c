import { generateKeyPairSync } from 'node:crypto'
import { expect } from 'chai'
import type { Asked, FactorRefusal, RegisteredFactor } from '../../../../provider/mfa/factor.ts'
import { createPasskey } from '../../../../provider/mfa/passkey.ts'
import { passkeyDataOf } from '../../../../provider/mfa/passkey-data.ts'
import { type PasskeySettings, passkeySettings } from '../../../../provider/mfa/passkey-settings.ts'
import { relyingPartyOf } from '../../../../provider/mfa/relying-party.ts'
import { factorContract } from '../../../contracts/factor.ts'
import {
  type Make,
  type Otherwise,
  passkeyForm,
  type SoftwareAuthenticator,
  softwareAuthenticator,
} from '../../../support/software-authenticator.ts'
import { stoppedClock } from '../../../support/stopped-clock.ts'

const issuer = 'https://id.corp.example'
const person = { sub: 'corp:4711', username: 'alice@corp.example', displayName: 'Alice' }
const google = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'
const yubikey = 'cb69481e-8ff7-4039-93ec-0a2729a154a8'

/** A relying party, and one authenticator. */
function setUp(settings: Partial<PasskeySettings> = {}, make: Partial<Make> = {}) {
  const relyingParty = relyingPartyOf(issuer, 'Corp')
  if (relyingParty === undefined) throw new Error('no relying party')
  const clock = stoppedClock()
  const all = { ...passkeySettings.parse({}), ...settings }
  const factor = createPasskey({ relyingParty, settings: all, clock })
  const authenticator = softwareAuthenticator({ origin: issuer, ...make })

  async function begin(purpose: Asked['purpose'], registered: readonly RegisteredFactor[] = []) {
    const asked = { purpose, person, registered }
    const { shown, expected } = await factor.challenge(asked)
    return { asked, options: shown['options'] as Options, expected }
  }

  async function enrol(
    registered: readonly RegisteredFactor[] = [],
    otherwise: Otherwise = {},
    by: SoftwareAuthenticator = authenticator,
  ) {
    const { asked, options, expected } = await begin('enrol', registered)
    const form = passkeyForm(by.create(options, otherwise))
    return factor.enrol({ ...asked, expected, form })
  }

  async function enrolled(registered: readonly RegisteredFactor[] = []): Promise<RegisteredFactor> {
    const result = await enrol(registered)
    if ('refused' in result) throw new Error(result.refused)
    const { name, data } = result.enrolled
    return { id: `f${registered.length}`, method: 'passkey', name, createdAt: clock.now(), data }
  }

  async function verify(
    registered: readonly RegisteredFactor[],
    otherwise: Otherwise = {},
    by: SoftwareAuthenticator = authenticator,
  ) {
    const { asked, options, expected } = await begin('verify', registered)
    return factor.verify({ ...asked, expected, form: passkeyForm(by.get(options, otherwise)) })
  }

  return { factor, authenticator, clock, begin, enrol, enrolled, verify }
}

interface Options {
  readonly challenge: string
  readonly rp: unknown
  readonly rpId: string
  readonly user: { readonly id: string; readonly name: string; readonly displayName: string }
  readonly attestation: string
  readonly authenticatorSelection: unknown
  readonly userVerification: string
  readonly excludeCredentials: readonly unknown[]
  readonly allowCredentials: readonly unknown[]
}

function refusal(result: object): FactorRefusal | undefined {
  return 'refused' in result ? (result.refused as FactorRefusal) : undefined
}

describe('a passkey is a factor that', () => {
  factorContract(async () => {
    const { factor, authenticator } = setUp()
    return {
      factor,
      fields: ['passkey'],
      enrolmentForm: async ({ shown }) => passkeyForm(authenticator.create(shown['options'])),
      proofForm: async ({ shown }, enrolled) => {
        const id = passkeyDataOf(enrolled).credentialId
        // Whatever was asked for: it is one that does as it is told.
        const options = { ...(shown['options'] as Options), allowCredentials: [{ id }] }
        return passkeyForm(authenticator.get(options))
      },
    }
  })
})

describe('a passkey', () => {
  describe('is made', () => {
    it('for this host, on this person’s name, with no attestation and a finger or PIN', async () => {
      const { options } = await setUp().begin('enrol')
      expect(options.rp).to.deep.equal({ id: 'id.corp.example', name: 'Corp' })
      expect(options.user).to.include({ name: 'alice@corp.example', displayName: 'Alice' })
      expect(options.attestation).to.equal('none')
      expect(options.authenticatorSelection).to.include({
        residentKey: 'preferred',
        userVerification: 'required',
      })
    })

    it('as settings ask', async () => {
      const settings = { discoverable: 'required', userVerification: 'preferred' } as const
      const { options } = await setUp({ ...settings, attestation: 'direct' }).begin('enrol')
      expect(options.attestation).to.equal('direct')
      expect(options.authenticatorSelection).to.include({
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'preferred',
      })
    })

    it('under a handle that says nothing about the person, and is the same for all of theirs', async () => {
      const { begin, enrol, enrolled } = setUp()
      const first = await enrolled()
      const second = await enrolled([first])
      const handle = passkeyDataOf(first).userHandle
      expect(Buffer.from(handle, 'base64url')).to.have.length(32)
      expect(passkeyDataOf(second).userHandle).to.equal(handle)
      expect(await enrol([first])).to.nested.include({ 'enrolled.knownAs': handle })
      const { options } = await begin('enrol', [first])
      expect(options.user.id).to.equal(handle)
      expect((await begin('enrol')).options.user.id).not.to.equal(handle)
    })

    it('with what has to be kept of it', async () => {
      const { enrolled } = setUp({}, { aaguid: yubikey })
      const { name, data } = await enrolled()
      expect(name).to.equal('YubiKey 5')
      expect(data).to.include({ aaguid: yubikey, counter: 1 })
      expect(data).to.deep.include({
        transports: ['usb'],
        synced: { possible: false, done: false },
      })
    })

    it('and called a passkey if nobody knows the make', async () => {
      expect(await setUp().enrolled()).to.have.property('name', 'Passkey')
    })

    it('not where the person has one: browsers are told which, and what they say is looked at', async () => {
      const { factor, authenticator, begin, enrolled } = setUp()
      const mine = await enrolled()
      const { asked, options, expected } = await begin('enrol', [mine])
      const { credentialId: id } = passkeyDataOf(mine)
      expect(options.excludeCredentials).to.deep.equal([
        { id, transports: ['usb'], type: 'public-key' },
      ])
      const form = passkeyForm(authenticator.create(options))
      const result = await factor.enrol({ ...asked, expected, form })
      if ('refused' in result) throw new Error(result.refused)
      const again = { ...mine, data: result.enrolled.data }
      expect(await factor.enrol({ ...asked, registered: [again], expected, form })).to.deep.equal({
        refused: 'alreadyThere',
      })
    })

    it('not as the twenty-first', async () => {
      const { enrol, enrolled } = setUp()
      const mine: RegisteredFactor[] = []
      for (let count = 0; count < 20; count += 1) mine.push(await enrolled(mine))
      expect(refusal(await enrol(mine))).to.equal('tooMany')
    })

    it('not by an authenticator that is not allowed', async () => {
      const allowed = { allowedAuthenticators: [yubikey] }
      expect(refusal(await setUp(allowed, { aaguid: google }).enrol())).to.equal('notAllowed')
      expect(refusal(await setUp(allowed, { aaguid: yubikey }).enrol())).to.equal(undefined)
      const blocked = { blockedAuthenticators: [google], allowedAuthenticators: [google] }
      expect(refusal(await setUp(blocked, { aaguid: google }).enrol())).to.equal('notAllowed')
    })

    it('not under another id than the authenticator’s', async () => {
      const { factor, authenticator, begin } = setUp()
      const { asked, options, expected } = await begin('enrol')
      const answer = { ...authenticator.create(options), id: 'AAAA', rawId: 'AAAA' }
      const result = await factor.enrol({ ...asked, expected, form: passkeyForm(answer) })
      expect(refusal(result)).to.equal('wrong')
    })
  })

  describe('proves', () => {
    it('possession and person, and says whether it left its device', async () => {
      const bound = setUp()
      const mine = await bound.enrolled()
      expect(await bound.verify([mine])).to.deep.equal({
        proof: { factor: mine, amr: ['hwk', 'user', 'mfa'], data: { ...mine.data, counter: 2 } },
      })
      const synced = setUp({}, { synced: true })
      const theirs = await synced.enrolled()
      expect(passkeyDataOf(theirs).synced).to.deep.equal({ possible: true, done: true })
      expect(await synced.verify([theirs])).to.deep.nested.include({
        'proof.amr': ['swk', 'user', 'mfa'],
        'proof.data.counter': 0,
      })
    })

    it('one factor alone where no finger or PIN is required and none was asked for', async () => {
      const { enrolled, verify } = setUp({ userVerification: 'preferred' }, { verifies: false })
      const result = await verify([await enrolled()])
      expect(result).to.deep.nested.include({ 'proof.amr': ['hwk', 'user'] })
    })

    it('which of several it was, and only those are asked for', async () => {
      const { begin, enrolled, verify } = setUp()
      const mine = [await enrolled()]
      mine.push(await enrolled(mine))
      const { options } = await begin('verify', mine)
      expect(options).to.include({ rpId: 'id.corp.example', userVerification: 'required' })
      expect(options.allowCredentials).to.have.length(2)
      expect(await verify(mine.slice(0, 1))).to.nested.include({ 'proof.factor.id': 'f0' })
      expect(await verify(mine)).to.nested.include({ 'proof.factor.id': 'f1' })
    })

    it('who it is, where nobody has said so', async () => {
      const { factor, authenticator, enrolled } = setUp()
      const mine = await enrolled()
      const asked = { purpose: 'verify', registered: [] } as const
      const { shown, expected } = await factor.challenge(asked)
      expect((shown['options'] as Options).allowCredentials).to.deep.equal([])
      const form = passkeyForm(authenticator.get(shown['options']))
      expect(factor.knownAs?.(form)).to.equal(passkeyDataOf(mine).userHandle)
      const result = await factor.verify({ ...asked, registered: [mine], expected, form })
      expect(result).to.nested.include({ 'proof.factor.id': mine.id })
    })
  })

  describe('is refused', () => {
    const everywhere: [string, Otherwise, FactorRefusal][] = [
      ['on a page of another site', { origin: 'https://id.corp.example.evil' }, 'wrongOrigin'],
      ['in a frame of another site', { crossOrigin: true }, 'wrongOrigin'],
      ['for another relying party', { rpId: 'corp.example' }, 'wrongOrigin'],
      ['with the answer to another challenge', { challenge: 'AAAA' }, 'expired'],
      ['if nobody was there', { present: false }, 'notVerified'],
      ['without a finger or PIN', { verified: false }, 'notVerified'],
      ['in an answer to something else', { type: 'payment.get' }, 'malformed'],
    ]
    for (const [title, otherwise, refused] of everywhere) {
      it(title, async () => {
        const { enrol, enrolled, verify } = setUp()
        expect(refusal(await enrol([], otherwise))).to.equal(refused)
        expect(refusal(await verify([await enrolled()], otherwise))).to.equal(refused)
      })
    }

    it('five minutes after it was asked for', async () => {
      const { factor, authenticator, begin, enrolled, clock } = setUp()
      const mine = await enrolled()
      const enrolment = await begin('enrol')
      const proof = await begin('verify', [mine])
      const made = passkeyForm(authenticator.create(enrolment.options))
      const proven = passkeyForm(authenticator.clone().get(proof.options))
      const both = async () => [
        refusal(
          await factor.enrol({ ...enrolment.asked, expected: enrolment.expected, form: made }),
        ),
        refusal(await factor.verify({ ...proof.asked, expected: proof.expected, form: proven })),
      ]
      clock.advance(5 * 60_000)
      expect(await both()).to.deep.equal([undefined, undefined])
      clock.advance(1)
      expect(await both()).to.deep.equal(['expired', 'expired'])
    })

    it('if it is of another person, or gone', async () => {
      const { authenticator, enrolled, verify, begin, factor } = setUp()
      const mine = await enrolled()
      const { asked, expected, options } = await begin('verify', [mine])
      const form = passkeyForm(authenticator.get(options))
      expect(refusal(await verify([mine]))).to.equal(undefined)
      const result = await factor.verify({ ...asked, registered: [], expected, form })
      expect(refusal(result)).to.equal('wrong')
    })

    it('if another key signed, or it names another owner', async () => {
      const { enrolled, verify } = setUp()
      const mine = await enrolled()
      const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      expect(refusal(await verify([mine], { key }))).to.equal('wrong')
      expect(refusal(await verify([mine], { userHandle: 'bW9yZQ' }))).to.equal('wrong')
    })

    it('if its counter does not go on, as that of a copy', async () => {
      const { authenticator, enrolled, verify } = setUp()
      const mine = await enrolled()
      const copy = authenticator.clone()
      const result = await verify([mine])
      if ('refused' in result) throw new Error(result.refused)
      const { data = {} } = result.proof
      expect(refusal(await verify([{ ...mine, data }], {}, copy))).to.equal('cloned')
      expect(refusal(await verify([{ ...mine, data }], { counter: 0 }))).to.equal('cloned')
    })

    it('and is not taken for a copy on anybody’s mere word', async () => {
      const { enrolled, verify } = setUp()
      const mine = await enrolled()
      const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      expect(refusal(await verify([mine], { key, counter: 0 }))).to.equal('wrong')
    })

    it('if it can suddenly be synced', async () => {
      const { enrolled, verify } = setUp()
      expect(refusal(await verify([await enrolled()], { synced: true }))).to.equal('wrong')
    })

    it('once its kind is not allowed any more', async () => {
      const { authenticator, enrolled } = setUp({}, { aaguid: google })
      const mine = await enrolled()
      for (const settings of [
        { blockedAuthenticators: [google] },
        { allowedAuthenticators: [yubikey] },
      ]) {
        const result = await setUp(settings).verify([mine], {}, authenticator)
        expect(refusal(result)).to.equal('notAllowed')
      }
    })

    const notAnswers = ['', '{', 'null', '[]', '{"id":"AA"}', '{"id":"§"}']
    it('if it is no answer at all', async () => {
      const { factor, authenticator, begin, enrolled } = setUp()
      const mine = await enrolled()
      const { asked, options, expected } = await begin('verify', [mine])
      const proof = authenticator.get(options)
      const { signature: _, ...response } = proof.response
      const forms = [
        new Map<string, string>(),
        ...notAnswers.map((text) => new Map([['passkey', text]])),
        passkeyForm({ ...proof, response }),
        passkeyForm({ ...proof, type: 'password' }),
        passkeyForm({ ...proof, response: { ...proof.response, clientDataJSON: 'bm8' } }),
        passkeyForm({ ...proof, response: { ...proof.response, authenticatorData: 'bm8' } }),
      ]
      for (const form of forms) {
        expect(refusal(await factor.verify({ ...asked, expected, form }))).to.equal('malformed')
        expect(refusal(await factor.enrol({ ...asked, expected, form }))).to.equal('malformed')
      }
    })
  })
})

describe('who asks for passkeys', () => {
  it('is the host of the issuer, and its origin', () => {
    expect(relyingPartyOf('https://id.corp.example:8443/sso', 'Corp')).to.deep.equal({
      id: 'id.corp.example',
      name: 'Corp',
      origin: 'https://id.corp.example:8443',
    })
    expect(relyingPartyOf('http://localhost:8080', 'Corp')).to.include({ id: 'localhost' })
  })

  it('is nobody at an address without a name', () => {
    expect(relyingPartyOf('http://127.0.0.1:8080', 'Corp')).to.equal(undefined)
    expect(relyingPartyOf('http://[::1]:8080', 'Corp')).to.equal(undefined)
  })
})

describe('settings of passkeys', () => {
  it('ask for a finger or PIN and no attestation, unless told otherwise', () => {
    expect(passkeySettings.parse({})).to.deep.equal({
      userVerification: 'required',
      discoverable: 'preferred',
      attestation: 'none',
      allowedAuthenticators: [],
      blockedAuthenticators: [],
    })
  })

  it('take AAGUIDs in capitals, and nothing else', () => {
    const lists = { allowedAuthenticators: [google.toUpperCase()] }
    expect(passkeySettings.parse(lists)).to.deep.include({ allowedAuthenticators: [google] })
    expect(passkeySettings.safeParse({ blockedAuthenticators: ['YubiKey'] }).success).to.equal(
      false,
    )
  })
})
