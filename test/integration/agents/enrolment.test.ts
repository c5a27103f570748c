import { expect } from 'chai'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import {
  createSigningRequest,
  type SigningRequest,
} from '../../../agent/identity/signing-request.ts'
import {
  type AgentAdministration,
  approvalLifetime,
  createAdministration,
} from '../../../provider/agents/administration.ts'
import { type Agents, openAgents } from '../../../provider/agents/agents.ts'
import { createAlerts } from '../../../provider/agents/alerts.ts'
import type { Authority } from '../../../provider/agents/authority.ts'
import { createInvitations } from '../../../provider/agents/invitations.ts'
import { memoryAuthority } from '../../../provider/agents/memory-authority.ts'
import { noRedisAccess } from '../../../provider/agents/redis-access.ts'
import { fixedChannelKeys } from '../../../provider/broker/channel-keys.ts'
import type { Suspect } from '../../../provider/broker/clone-watch.ts'
import { createApp } from '../../../provider/http/app.ts'
import { listen } from '../../../provider/http/listen.ts'
import { readCertificate } from '../../../shared/certificate.ts'
import { systemClock } from '../../../shared/clock.ts'
import {
  decodeEnrolmentAnswer,
  type EnrolmentAnswer,
  fingerprintOf,
  type RenewalProof,
} from '../../../shared/enrolment.ts'
import {
  createIdentity,
  type SigningKey,
  signingKey,
  type VerifyingKey,
  verifyingKey,
} from '../../../shared/envelope-keys.ts'
import { sign, verify } from '../../../shared/envelope-signature.ts'
import { Fault } from '../../../shared/fault.ts'
import { openCarriers } from '../../../shared/redis/carriers.ts'
import { sealedStore } from '../../../shared/sealed-store.ts'
import { type MovedClock, movedClock } from '../../support/moved-clock.ts'
import { type RedisServer, startRedis } from '../../support/start-redis.ts'

const day = 86_400_000

describe('how an agent comes in over HTTP', function () {
  this.timeout(20_000)
  let clock: MovedClock
  let server: RedisServer
  let ends: AsyncDisposableStack
  let origin: string
  let agents: Agents
  let authority: Authority
  let admin: AgentAdministration
  let channelKey: VerifyingKey
  let suspected: string[]
  let redisDown: boolean

  before(async () => {
    server = await startRedis()
  })
  after(() => server.stop())
  beforeEach(async () => {
    clock = movedClock()
    ends = new AsyncDisposableStack()
    const log = pino({ level: 'silent' })
    const settings = { url: server.url, keyPrefix: `${Math.trunc(performance.now() * 1e3)}:` }
    const carriers = await openCarriers(settings, { clock, log, folder: '.', name: 'provider' })
    ends.defer(() => carriers.close())
    const store = sealedStore(carriers.store, Buffer.alloc(32, 7), clock)
    const channel = await createIdentity()
    channelKey = await verifyingKey(channel.publicKey)
    const channelKeys = fixedChannelKeys(await signingKey(channel.privatePem))
    const folder = await memoryAuthority(clock)
    ;({ authority } = folder)
    const alerts = createAlerts(log)
    const parts = { bus: carriers.bus, store, clock, log, channelKeys, alerts, authority: folder }
    redisDown = false
    const grant = async () => {
      if (redisDown) throw new Fault('storeDown', 'Redis has just ended')
      return {}
    }
    const redisAccess = { ...noRedisAccess, grant }
    agents = await openAgents({ ...parts, redisAccess })
    ends.defer(() => agents.stop())
    const invitations = createInvitations({ store, clock, channelKey: () => channel.publicKey })
    const processes = { all: () => [], stop: async () => undefined }
    const { directory } = agents
    const about = { directory, invitations, processes, alerts, clock, realms: ['corp', 'lab'] }
    admin = createAdministration(about)
    const listening = await listen({ host: '127.0.0.1', port: 0 })
    ends.defer(() => listening.close())
    origin = `http://127.0.0.1:${listening.address.port}`
    suspected = []
    const suspect: Suspect = ({ name }, reason) => void suspected.push(`${name} ${reason}`)
    const features = [agents.feature(origin, suspect)]
    const organization = { name: 'Corp' }
    const app = { features, issuer: origin, organization, trustedProxies: ['127.0.0.1'] }
    listening.serve(createApp({ ...app, clock, log }))
  })
  afterEach(() => ends.disposeAsync())

  interface Said {
    readonly status: number
    readonly body: { answer?: string; error?: string; message?: string }
  }

  async function post(path: string, body: unknown, from = '192.0.2.1'): Promise<Said> {
    const answer = await fetch(origin + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': from },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return { status: answer.status, body: (await answer.json()) as Said['body'] }
  }

  const enrol = (code: string, { csr }: SigningRequest, from?: string) =>
    post('/agents/enrol', { v: 1, code, csr, host: 'DC1.corp.example', version: '0.1.0' }, from)

  async function answered({ body }: Said): Promise<EnrolmentAnswer> {
    expect(body).to.have.property('answer')
    const { answer = '' } = body
    return decodeEnrolmentAnswer(await verify('postern-enrolment-answer', answer, channelKey))
  }

  async function invite(more: { name?: string; networks?: string[] } = {}): Promise<string> {
    return (await admin.invite({ realms: ['corp'], networks: [], ...more })).code
  }

  /** An agent that is enrolled, and approved unless told not to be. */
  async function enrolled(options: { approved: boolean; networks?: string[] }) {
    const request = await createSigningRequest()
    const { networks = [] } = options
    const answer = await answered(await enrol(await invite({ name: 'corp-1', networks }), request))
    if (options.approved) await admin.approve('corp-1', answer.fingerprint)
    const key = await signingKey(request.privatePem)
    return { ...answer, key }
  }

  async function renew(
    agent: { certificate: string; key: SigningKey },
    more: Partial<RenewalProof> = {},
    from?: string,
  ): Promise<Said> {
    const { name, enrolment } = await readCertificate(agent.certificate)
    const nonce = systemClock.randomBytes(8).toString('hex')
    const about = { agent: name, enrolment, issuer: origin, trusts: [channelKey.id], nonce }
    const proof: RenewalProof = { v: 1, ...about, at: clock.now(), ...more }
    const signed = await sign('postern-renewal', JSON.stringify(proof), agent.key)
    const request = { v: 1, proof: signed, certificate: agent.certificate }
    return post('/agents/renew', request, from)
  }

  async function renewed(agent: { certificate: string; key: SigningKey }) {
    const request = await createSigningRequest()
    // Certificates begin at whole seconds.
    clock.advance(1_000)
    const answer = await answered(await renew(agent, { csr: request.csr }))
    return { ...answer, key: await signingKey(request.privatePem) }
  }

  describe('at its enrolment', () => {
    it('is pending, with a certificate that names no realm', async () => {
      const request = await createSigningRequest()
      const said = await enrol(await invite({ name: 'corp-1' }), request)
      expect(said.status).to.equal(201)
      const answer = await answered(said)
      expect(answer).to.include({ agent: 'corp-1', state: 'pending' })
      expect(answer.realms).to.deep.equal(['corp'])
      expect(answer.fingerprint).to.equal(fingerprintOf(request.publicKey))
      const certificate = await authority.verify(answer.certificate)
      expect(certificate).to.deep.include({ name: 'corp-1', realms: [] })
      expect(certificate.publicKey).to.equal(request.publicKey)
      const trusted = await agents.trusted.recognize(answer.certificate)
      expect(agents.trusted.standing(trusted)).to.equal('no')
    })

    it('is named after its host, if the invitation has no name', async () => {
      const answer = await answered(await enrol(await invite(), await createSigningRequest()))
      expect(answer.agent).to.equal('dc1')
    })

    it('is told the same of a code that is wrong, used, over or shown from elsewhere', async () => {
      const used = await invite()
      await enrol(used, await createSigningRequest())
      const [secret = '', mark = ''] = (await invite()).split('.')
      const elsewhere = await invite({ networks: ['10.0.0.0/8'] })
      const over = await invite()
      const codes = [used, `${secret}x.${mark}`, `${secret}.${mark}x`, 'x', elsewhere]
      const said: Said[] = []
      for (const code of codes) said.push(await enrol(code, await createSigningRequest()))
      clock.advance(15 * 60_000)
      said.push(await enrol(over, await createSigningRequest()))
      for (const one of said) expect(one).to.deep.equal(said[0])
      expect(said[0]).to.include({ status: 403 })
      expect(said[0]?.body.error).to.equal('invitation')
    })

    it('comes in once, of ten that show one code at the same time', async () => {
      const code = await invite()
      const requests = await Promise.all(Array.from({ length: 10 }, createSigningRequest))
      const said = await Promise.all(requests.map((request) => enrol(code, request)))
      expect(said.filter(({ status }) => status === 201)).to.have.length(1)
    })

    it('does not get the name of another, and may try again with the same code', async () => {
      const first = await invite({ name: 'corp-1' })
      const second = await invite({ name: 'corp-1' })
      await enrol(first, await createSigningRequest())
      const request = await createSigningRequest()
      expect((await enrol(second, request)).body.error).to.equal('nameTaken')
      await admin.remove('corp-1')
      expect((await enrol(second, request)).status).to.equal(201)
    })

    it('may try again with the same code when Redis failed on the way', async () => {
      const code = await invite({ name: 'corp-1' })
      const request = await createSigningRequest()
      redisDown = true
      expect((await enrol(code, request)).body.error).to.equal('unavailable')
      redisDown = false
      expect((await enrol(code, request)).status).to.equal(201)
      expect((await enrol(code, await createSigningRequest())).body.error).to.equal('invitation')
    })

    it('is refused with the key of another', async () => {
      const request = await createSigningRequest()
      await enrol(await invite({ name: 'corp-1' }), request)
      const said = await enrol(await invite({ name: 'corp-2' }), request)
      expect(said.body.error).to.equal('badRequest')
    })

    it('is refused without a good request, and nothing is said about why', async () => {
      const code = await invite()
      const request = await createSigningRequest()
      const bodies = [
        'not JSON',
        {},
        { v: 1, code, csr: request.csr, host: 'x', version: '1', more: 1 },
        { v: 1, code, csr: 'none', host: 'x', version: '1' },
        { v: 2, code, csr: request.csr, host: 'x', version: '1' },
        'x'.repeat(17_000),
      ]
      const said: Said[] = []
      for (const body of bodies) said.push(await post('/agents/enrol', body))
      for (const one of said) expect(one).to.deep.equal(said[0])
      expect(said[0]?.body.error).to.equal('badRequest')
      expect((await enrol(code, request)).status).to.equal(201)
    })

    it('is asked to wait after twenty tries in a minute, from one address alone', async () => {
      const request = await createSigningRequest()
      const tries = await Promise.all(Array.from({ length: 21 }, () => enrol('x.y', request)))
      expect(tries.map(({ status }) => status)).to.include(429)
      expect((await enrol('x.y', request, '192.0.2.2')).status).to.equal(403)
    })

    it('leaves neither code nor secret in Redis', async () => {
      const redis = new Redis(server.url)
      const [secret = ''] = (await invite({ name: 'corp-1' })).split('.')
      const keys = await redis.keys('*agent-invitation*')
      expect(keys).not.to.have.length(0)
      const values = await Promise.all(keys.map((key) => redis.get(key)))
      expect([...keys, ...values].join(' ')).not.to.contain(secret)
      redis.disconnect()
    })
  })

  describe('at a renewal', () => {
    it('gets its realms once it is approved, and until its approval ends', async () => {
      const agent = await enrolled({ approved: false })
      expect(await answered(await renew(agent))).to.include({ state: 'pending' })
      const approved = await admin.approve('corp-1', agent.fingerprint.toUpperCase())
      const { csr, publicKey } = await createSigningRequest()
      const answer = await answered(await renew(agent, { csr }))
      expect(answer).to.include({ state: 'approved', approvedUntil: approved.approvedUntil })
      const certificate = await authority.verify(answer.certificate)
      expect(certificate).to.deep.include({ realms: ['corp'], publicKey })
      const trusted = await agents.trusted.recognize(answer.certificate)
      expect(agents.trusted.standing(trusted)).to.equal('ask')
    })

    it('is over after 90 days unless approved again', async () => {
      let agent = await enrolled({ approved: true })
      const again = async () => {
        const request = await createSigningRequest()
        const answer = await answered(await renew(agent, { csr: request.csr }))
        agent = { ...answer, key: await signingKey(request.privatePem) }
        return (await readCertificate(agent.certificate)).ends
      }
      for (let passed = 0; passed < 85; passed += 5) {
        clock.advance(5 * day)
        await again()
      }
      clock.advance(approvalLifetime - 87 * day)
      expect(await again()).to.be.at.most(clock.now() + 2 * day)
      clock.advance(2 * day)
      expect((await renew(agent)).body.error).to.equal('refused')
    })

    it('proves who it is with its key, to this provider, now and once', async () => {
      const agent = await enrolled({ approved: true })
      const stranger = await signingKey((await createIdentity()).privatePem)
      const cases: [Partial<RenewalProof>, SigningKey, string][] = [
        [{}, stranger, 'badRequest'],
        [{ agent: 'corp-2' }, agent.key, 'badRequest'],
        [{ enrolment: 'other' }, agent.key, 'badRequest'],
        [{ issuer: 'https://evil.example' }, agent.key, 'badRequest'],
        [{ at: clock.now() - 6 * 60_000 }, agent.key, 'clock'],
        [{ at: clock.now() + 6 * 60_000 }, agent.key, 'clock'],
        [{ trusts: ['another'] }, agent.key, 'refused'],
      ]
      for (const [more, key, error] of cases) {
        const said = await renew({ ...agent, key }, more)
        expect(said.body.error, JSON.stringify(more)).to.equal(error)
      }
      expect((await renew(agent, { nonce: 'once' })).status).to.equal(200)
      expect((await renew(agent, { nonce: 'once' })).body.error).to.equal('clock')
    })

    it('is refused with a stolen identity that the agent has renewed since, and both are found out', async () => {
      const stolen = await enrolled({ approved: true })
      const agent = await renewed(stolen)
      expect((await renew(agent)).status).to.equal(200)
      expect(suspected).to.deep.equal([])
      const { csr } = await createSigningRequest()
      expect((await renew(stolen, { csr })).body.error).to.equal('refused')
      expect(suspected).to.deep.equal(['corp-1 twoAtOnce'])
    })

    it('is refused after a thief has renewed its identity, and both are found out', async () => {
      const agent = await enrolled({ approved: true })
      const thief = await renewed(await renewed(agent))
      expect((await renew(thief)).status).to.equal(200)
      const { csr } = await createSigningRequest()
      expect((await renew(agent, { csr })).body.error).to.equal('refused')
      expect(suspected).to.deep.equal(['corp-1 twoAtOnce'])
    })

    it('may ask again with its old certificate when the answer was lost', async () => {
      const agent = await enrolled({ approved: true })
      await renewed(agent)
      const next = await renewed(agent)
      expect((await renew(next)).status).to.equal(200)
      expect(suspected).to.deep.equal([])
    })

    it('is refused with a certificate of another authority', async () => {
      const agent = await enrolled({ approved: true })
      const { publicKey, name, enrolment } = await readCertificate(agent.certificate)
      const other = await memoryAuthority(clock)
      const wanted = { name, enrolment, publicKey, realms: ['corp'] }
      const certificate = await other.authority.issue(wanted)
      expect((await renew({ ...agent, certificate })).body.error).to.equal('refused')
    })

    it('is refused from outside its networks', async () => {
      const agent = await enrolled({ approved: true, networks: ['192.0.2.0/24'] })
      expect((await renew(agent, {}, '192.0.2.99')).status).to.equal(200)
      expect((await renew(agent, {}, '198.51.100.1')).body.error).to.equal('refused')
    })

    it('gets no realm while it is quarantined', async () => {
      const agent = await enrolled({ approved: true })
      await agents.directory.quarantine('corp-1', 'canary', 'said yes')
      const { csr } = await createSigningRequest()
      const answer = await answered(await renew(agent, { csr }))
      expect(answer.state).to.equal('quarantined')
      expect((await readCertificate(answer.certificate)).realms).to.deep.equal([])
    })

    it('gets no certificate once it is revoked, also with its name given to another', async () => {
      const agent = await enrolled({ approved: true })
      await admin.revoke('corp-1')
      await enrol(await invite({ name: 'corp-1' }), await createSigningRequest())
      const { csr } = await createSigningRequest()
      const answer = await answered(await renew(agent, { csr }))
      expect(answer).to.include({ state: 'revoked', certificate: agent.certificate })
    })
  })

  describe('for admins', () => {
    it('is approved by its fingerprint alone', async () => {
      await enrolled({ approved: false })
      const wrong = fingerprintOf((await createIdentity()).publicKey)
      const refused = await admin.approve('corp-1', wrong).catch((thrown: unknown) => thrown)
      expect(refused).to.include({ kind: 'notAllowed' })
      expect(agents.directory.find('corp-1')).to.include({ state: 'pending' })
    })

    it('is drained and taken back', async () => {
      await enrolled({ approved: true })
      expect(await admin.drain('corp-1')).to.include({ state: 'draining' })
      expect(await admin.undrain('corp-1')).to.include({ state: 'approved' })
      const refused = await admin.undrain('corp-1').catch((thrown: unknown) => thrown)
      expect(refused).to.include({ kind: 'notAllowed' })
    })

    it('is not approved again once it is revoked', async () => {
      const { fingerprint } = await enrolled({ approved: true })
      await admin.revoke('corp-1')
      const refused = await admin.approve('corp-1', fingerprint).catch((thrown: unknown) => thrown)
      expect(refused).to.include({ kind: 'notAllowed' })
    })

    it('is invited for realms that there are, from networks that can be', async () => {
      for (const wrong of [{ realms: ['crop'] }, { realms: [] }, { networks: ['x'] }]) {
        const about = { realms: ['corp'], networks: [], ...wrong }
        const refused = await Promise.resolve()
          .then(() => admin.invite(about))
          .catch((thrown: unknown) => thrown)
        expect(refused, JSON.stringify(wrong)).to.include({ kind: 'notAllowed' })
      }
    })
  })
})
