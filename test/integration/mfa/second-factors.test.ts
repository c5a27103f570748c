import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { generateSync } from 'otplib'
import { pino } from 'pino'
import { createSecondFactors } from '../../../provider/mfa/create-second-factors.ts'
import type { FactorMethod } from '../../../provider/mfa/factor.ts'
import { createPasskey } from '../../../provider/mfa/passkey.ts'
import { passkeySettings } from '../../../provider/mfa/passkey-settings.ts'
import { createRecoveryCodes } from '../../../provider/mfa/recovery-codes.ts'
import type { SecondFactors } from '../../../provider/mfa/second-factors.ts'
import { createTemporaryAccessPass } from '../../../provider/mfa/temporary-access-pass.ts'
import { createTotp } from '../../../provider/mfa/totp.ts'
import { randomId, systemClock } from '../../../shared/clock.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import { startPostern } from '../../support/postern-process.ts'
import { openCarriers, type RedisCarriers } from '../../support/redis-carriers.ts'
import { passkeyForm, softwareAuthenticator } from '../../support/software-authenticator.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const enrolling = fileURLToPath(new URL('../../support/enrolling-process.ts', import.meta.url))
const username = 'ada.lovelace@corp.example'
const minute = 60_000
const relyingParty = { id: 'localhost', name: 'Example', origin: 'http://localhost' }

describe('second factors in Redis', () => {
  const dataKey = randomBytes(32)
  let server: RedisServer
  let clock: MovedClock
  // Each with a connection of its own, as provider processes have.
  let opened: RedisCarriers[]
  let doors: SecondFactors[]
  let sub: string

  before(async () => {
    server = await startRedis()
    opened = await Promise.all(
      ['one', 'two', 'three'].map((name) => openCarriers(server, { name })),
    )
  })

  after(async () => {
    for (const { dispose } of opened) await dispose()
    await server.stop()
  })

  beforeEach(() => {
    clock = movedClock()
    sub = `corp:${randomId(systemClock)}`
    doors = opened.map(({ store }) =>
      createSecondFactors({
        store: sealedStore(store, dataKey, clock),
        clock,
        log: pino({ level: 'silent' }),
        factors: [
          createTotp({ issuer: 'Example', clock }),
          createRecoveryCodes({ clock }),
          createTemporaryAccessPass({ clock }),
          createPasskey({ relyingParty, settings: passkeySettings.parse({}), clock }),
        ],
      }),
    )
  })

  const door = (number = 0): SecondFactors => {
    const found = doors[number % doors.length]
    if (found === undefined) throw new Error('no door')
    return found
  }
  const code = (text: string) => new Map([['code', text]])

  async function begun(purpose: 'enrol' | 'verify', method: FactorMethod, at = door()) {
    const result = await at.begin({ purpose, method, person: { sub, username } })
    if ('refused' in result) throw new Error(result.refused)
    return result
  }

  async function scanned(at = door()) {
    const { id, shown } = await begun('enrol', 'totp', at)
    const secret = String(shown['typed']).replaceAll(' ', '')
    const codeAt = (time = clock.now()) => generateSync({ secret, epoch: Math.floor(time / 1000) })
    return { id, secret, codeAt }
  }

  async function enrolDevice() {
    const device = await scanned()
    const answer = { challenge: device.id, sub, form: code(device.codeAt()) }
    expect(await door().enrol(answer)).to.have.property('enrolled')
    clock.advance(minute)
    return device
  }

  /** Enrols a passkey and proves it; what must not be found anywhere. */
  async function enrolKey(): Promise<readonly string[]> {
    const key = softwareAuthenticator({ origin: relyingParty.origin })
    const { id, shown } = await begun('enrol', 'passkey')
    const created = key.create(shown['options'])
    const answer = { challenge: id, sub, form: passkeyForm(created) }
    expect(await door().enrol(answer)).to.have.property('enrolled')
    const asked = await begun('verify', 'passkey')
    const { response } = key.get(asked.shown['options'])
    const proof = { challenge: asked.id, sub, form: passkeyForm({ ...created, response }) }
    expect(await door().prove(proof)).to.have.property('proven')
    return [created.id, response.userHandle ?? '', response.signature]
  }

  it('take five devices, of eight that three processes enrol at once', async () => {
    const eight = await Promise.all(Array.from({ length: 8 }, (_, number) => scanned(door(number))))
    const results = await Promise.all(
      eight.map(({ id, codeAt }, number) =>
        door(number + 1).enrol({ challenge: id, sub, form: code(codeAt()) }),
      ),
    )
    const refused = results.filter((each) => 'refused' in each)
    expect(refused).to.deep.equal(Array.from({ length: 3 }, () => ({ refused: 'tooMany' })))
    expect((await door().of(sub)).length).to.equal(5)
  })

  it('look at five of a hundred guesses that three processes get at once', async () => {
    const { codeAt } = await enrolDevice()
    const { id } = await begun('verify', 'totp')
    const answer = { challenge: id, sub, form: code(codeAt(clock.now() - 60 * minute)) }
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, number) => door(number).prove(answer)),
    )
    const reasons = all.map((each) => ('refused' in each ? each.refused : 'proven'))
    expect(reasons.filter((each) => each === 'wrong').length).to.equal(5)
    expect(reasons.filter((each) => each === 'tooManyTries').length).to.equal(95)
  })

  it('take a code once, of ten times that three processes get it at once', async () => {
    const { codeAt } = await enrolDevice()
    const ids = await Promise.all(
      Array.from({ length: 10 }, async (_, number) => begun('verify', 'totp', door(number))),
    )
    const form = code(codeAt())
    const all = await Promise.all(
      ids.map(({ id }, number) => door(number + 1).prove({ challenge: id, sub, form })),
    )
    expect(all.filter((each) => 'proven' in each).length).to.equal(1)
  })

  it('take a challenge once, of three recovery codes at once', async () => {
    const { id } = await begun('enrol', 'recoveryCode')
    const made = await door().enrol({ challenge: id, sub, form: new Map() })
    if ('refused' in made) throw new Error(made.refused)
    const codes = made.enrolled.shownOnce.slice(0, 3)
    const challenge = (await begun('verify', 'recoveryCode')).id
    const all = await Promise.all(
      codes.map((each, number) => door(number).prove({ challenge, sub, form: code(each) })),
    )
    expect(all.filter((each) => 'proven' in each).length).to.equal(1)
  })

  it('take a recovery code once, of six times that three processes get it at once', async () => {
    const { id } = await begun('enrol', 'recoveryCode')
    const made = await door().enrol({ challenge: id, sub, form: new Map() })
    if ('refused' in made) throw new Error(made.refused)
    const form = code(made.enrolled.shownOnce[0] ?? '')
    const ids = await Promise.all(
      Array.from({ length: 6 }, async (_, number) => begun('verify', 'recoveryCode', door(number))),
    )
    const all = await Promise.all(
      ids.map((each, number) => door(number + 1).prove({ challenge: each.id, sub, form })),
    )
    expect(all.filter((each) => 'proven' in each).length).to.equal(1)
  })

  it('are enrolled wholly or not at all, wherever a process is killed', async () => {
    const names = { totp: 'Authenticator app', passkey: 'Passkey', recoveryCode: 'Recovery codes' }
    const all = Object.keys(names) as (keyof typeof names)[]
    const standing: string[] = []
    const seen: Record<string, string>[] = []
    const isOver = () => all.every((method) => seen.at(-1)?.[method] === 'enrolled')
    for (let write = 0; write < 20 && !isOver(); write += 1) {
      const own = `corp:${randomId(systemClock)}`
      const args = [server.url, dataKey.toString('hex'), own, String(write)]
      const child = startPostern(args, { program: enrolling })
      await child.says('}\n')
      const came = JSON.parse(child.stdout()) as Record<string, string>
      await child.stop('SIGKILL')
      seen.push(came)
      for (const method of all) {
        // The last write is the one that makes it count, and it is whole from then on.
        const isThere = came[method] === 'enrolled'
        if (!isThere) standing.push(`${method} before write ${write}`)
        const found = (await door().of(`${own}-${method}`)).map(({ name }) => name)
        expect(found, JSON.stringify([write, came])).to.deep.equal(isThere ? [names[method]] : [])
      }
      sub = `${own}-totp`
      await enrolDevice()
      expect((await door().of(sub)).length).to.equal(came['totp'] === 'enrolled' ? 2 : 1)
    }
    const before = (method: string, writes: number) =>
      Array.from({ length: writes }, (_, write) => `${method} before write ${write}`)
    expect(standing).to.have.members([
      ...before('totp', 4),
      // Whose handle it is, too.
      ...before('passkey', 5),
      ...before('recoveryCode', 4),
    ])
  }).timeout(60_000)

  it('leave no secret, no code and no name in Redis', async () => {
    const { secret, codeAt } = await enrolDevice()
    const used = codeAt()
    const { id } = await begun('verify', 'totp')
    expect(await door().prove({ challenge: id, sub, form: code(used) })).to.have.property('proven')
    const { id: wrongly } = await begun('verify', 'totp')
    await door().prove({ challenge: wrongly, sub, form: code(used) })
    const codes = await begun('enrol', 'recoveryCode')
    const made = await door().enrol({ challenge: codes.id, sub, form: new Map() })
    const pass = await door().issuePass({ sub, username }, { lifetime: 60, isOnce: true })
    if ('refused' in made || 'refused' in pass) throw new Error('not enrolled')
    const waiting = await scanned()
    const ofKey = await enrolKey()
    const [factor] = await door().of(sub)
    await door().rename(sub, factor?.id ?? '', 'my old telephone')

    const dump = await everythingIn(opened[0])
    for (const kind of ['factor:', 'factors:', 'factor-name:', 'factor-used:', 'factor-once:']) {
      expect(dump).to.contain(kind)
    }
    const typed = [...made.enrolled.shownOnce, ...pass.enrolled.shownOnce]
    const secrets = [secret, waiting.secret, used, ...typed, ...typed.map(withoutDashes)]
    for (const each of [
      ...secrets,
      ...ofKey,
      sub,
      username,
      'my old telephone',
      factor?.id ?? '',
    ]) {
      for (const form of [each, Buffer.from(each).toString('base64url').slice(0, -2)]) {
        expect(dump.includes(form), `${each} is in Redis`).to.equal(false)
      }
    }
  })
})

const withoutDashes = (text: string): string => text.replaceAll('-', '')

async function everythingIn(carriers: RedisCarriers | undefined): Promise<string> {
  if (carriers === undefined) throw new Error('no Redis')
  const { commands } = carriers.client
  const lines: string[] = []
  for (const key of await commands.keys('*')) {
    const isList = (await commands.type(key)) === 'list'
    const values = isList ? await commands.lrange(key, 0, -1) : [(await commands.get(key)) ?? '']
    const decoded = values.map((value) => Buffer.from(value, 'base64url').toString('latin1'))
    lines.push(key, ...values, ...decoded)
  }
  return lines.join('\n')
}
