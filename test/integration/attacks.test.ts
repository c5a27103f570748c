import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Redis } from 'ioredis'
import { parse, stringify } from 'yaml'
import { createPrekeys } from '../../agent/prekeys.ts'
import { createSessions } from '../../agent/sessions.ts'
import type { AgentStatus } from '../../provider/agents/status.ts'
import { systemClock } from '../../shared/clock.ts'
import { statedHeader } from '../../shared/envelope.ts'
import { createIdentity, signingKey, verifyingKey } from '../../shared/envelope-keys.ts'
import { sign } from '../../shared/envelope-signature.ts'
import { no, openChannel, yes } from '../support/channel.ts'
import { startCuriousAgent } from '../support/curious-agent.ts'
import { eventually } from '../support/eventually.ts'
import { addAgent, startHookedAgent } from '../support/hooked-agent.ts'
import { linesAbout, linesIn } from '../support/logged.ts'
import { personBinds } from '../support/person-binds.ts'
import { createRelyingParty, type RelyingParty } from '../support/relying-party.ts'
import { runPostern } from '../support/run-postern.ts'
import { importsOf, sourceFiles } from '../support/source-files.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'
import { watchRedis } from '../support/watch-redis.ts'

/**
 * The attacks on agents beside a directory that are known from the field, A1 to A12, and what stops
 * each, against the whole of Postern. Two honest agents run throughout. `docs/security.md` has the
 * same list in words, with every other test that belongs to it.
 */
describe('known attacks', function () {
  this.timeout(90_000)
  let system: System
  let app: RelyingParty
  let redis: Redis
  before(async () => {
    system = await startSystem({
      agents: 2,
      people: 200,
      directoryLog: true,
      provider: { canaries: { perHour: 3_600 } },
    })
    app = await createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })
    redis = new Redis(system.redis.url)
  })
  after(async () => {
    redis?.disconnect()
    await system?.[Symbol.asyncDispose]()
  })

  const admin = async <T>(...args: string[]): Promise<T> => {
    const config = ['--config', join(system.folder, 'provider.yaml'), '--json']
    const { code, stdout, stderr } = await runPostern(['agents', ...args, ...config])
    expect(code, stderr).to.equal(0)
    return JSON.parse(stdout) as T
  }
  const heard = (agent: string) =>
    eventually(() => new RegExp(`"${agent}".*agent heard`).test(system.provider.output()))

  // Another person each time, so that the directory locks nobody.
  let people = 0
  const somebody = () => {
    people += 1
    return `u${String(people).padStart(6, '0')}@lab.test`
  }
  const guess = async (username = somebody()) => (await app.signIn(username, 'a guess')).kind
  const guesses = async (count: number) => {
    const kinds = []
    for (let at = 0; at < count; at += 1) kinds.push(await guess())
    return kinds
  }
  const refused = (count: number) => Array<string>(count).fill('page')

  describe('A1: a hook in the agent says yes to any password (skeleton key)', () => {
    it('is found out by a canary before long, and then lets nobody in', async () => {
      const file = await addAgent(system, 'hooked', ['lab'])
      await using hooked = await startHookedAgent(system, file, async () => yes)
      await heard('hooked')
      await eventually(
        async () => {
          const { state, quarantine } = await admin<AgentStatus>('show', 'hooked')
          expect({ state, reason: quarantine?.reason }).to.deep.equal({
            state: 'quarantined',
            reason: 'canary',
          })
        },
        { within: 45_000 },
      )
      const asked = hooked.asked.length
      expect(await guesses(6)).to.deep.equal(refused(6))
      expect(hooked.asked).to.have.length(asked)
    })
  })

  describe('A2: a stolen identity is used elsewhere, and cannot be revoked', () => {
    it('can be: within a second it is good for nothing, with days left on its certificate', async () => {
      const file = await addAgent(system, 'stolen', ['lab'])
      // A thief who knows of canaries, and lies about one person alone.
      const friend = somebody()
      await using thief = await startHookedAgent(system, file, async ({ username }) =>
        username === friend ? yes : no,
      )
      await heard('stolen')
      // Until somebody notices, it works: this is what nothing but a second opinion stops.
      await eventually(async () => (await guess(friend)) === 'tokens', { within: 20_000 })
      await admin('revoke', 'stolen')
      await eventually(async () => (await guess(friend)) === 'page', { within: 1_000 })
      const asked = thief.asked.length
      expect(await Promise.all(Array.from({ length: 8 }, () => guess(friend)))).to.deep.equal(
        refused(8),
      )
      expect(thief.asked).to.have.length(asked)
    })
  })

  describe('A3: whoever can register registers an agent of their own', () => {
    it('gets one that waits for a person who has compared its fingerprint, and is asked nothing', async () => {
      const { code } = await admin<{ code: string }>('invite', '--realm', 'lab', '--name', 'rogue')
      const { realms } = parse(await readFile(join(system.folder, 'agent-1.yaml'), 'utf8')) as {
        realms: unknown
      }
      await writeFile(join(system.folder, 'rogue.yaml'), stringify({ realms }))
      const enrol = (config: string) => {
        const options = ['--issuer', system.issuer, '--code', code, '--config', config]
        return runPostern(['agent', 'enrol', ...options], { cwd: system.folder })
      }
      expect((await enrol('rogue.yaml')).code).to.equal(0)
      await writeFile(
        join(system.folder, 'again.yaml'),
        stringify({ realms, identityDirectory: 'again' }),
      )
      expect((await enrol('again.yaml')).stderr).to.contain('This code is wrong, used or over')

      await using rogue = await startHookedAgent(system, 'rogue.yaml', async () => yes)
      await heard('rogue')
      expect(system.provider.output()).to.match(/agentEnrolled.*rogue|rogue.*agentEnrolled/)
      expect(await guesses(8)).to.deep.equal(refused(8))
      expect(rogue.asked).to.deep.equal([])
      expect(await admin<AgentStatus>('show', 'rogue')).to.include({ state: 'pending' })
      await admin('remove', 'rogue')
    })
  })

  describe('A4: an agent of one domain gets the sign-ins of another (double agent)', () => {
    it('gets none, whatever it says it serves', async () => {
      const file = await addAgent(system, 'double', ['elsewhere'])
      await using double = await startHookedAgent(system, file, async () => yes)
      await heard('double')
      expect(await guesses(8)).to.deep.equal(refused(8))
      expect(double.asked).to.deep.equal([])
    })

    it('cannot speak for a person of another: nothing that it makes up becomes who somebody is', async () => {
      const file = await addAgent(system, 'spoofing', ['lab'])
      const friend = somebody()
      const made = { sub: 'elsewhere:42', iss: 'https://evil.example', aud: 'x', amr: ['hwk'] }
      const ok = { outcome: { name: 'ok', account: { id: '42', claims: made } } } as const
      await using _ = await startHookedAgent(system, file, async ({ username }) =>
        username === friend ? ok : no,
      )
      await heard('spoofing')
      let result = await app.signIn(friend, 'a guess')
      await eventually(
        async () => {
          if (result.kind === 'page') result = await app.signIn(friend, 'a guess')
          return result.kind === 'tokens'
        },
        { within: 45_000 },
      )
      if (result.kind !== 'tokens') throw new Error('not signed in')
      const { issuer: iss } = system
      const said = { sub: 'lab:42', iss, aud: 'test-app', amr: ['pwd'] }
      expect(result.tokens.claims()).to.deep.include(said)
      expect(result.userinfo).to.deep.equal({ sub: 'lab:42' })
    })
  })

  describe('A5: every agent can decrypt every password, for ever', () => {
    it('each question is sealed for one agent, and another gets it only if nobody takes it up', async () => {
      const seen = new Map<string, { stream: string; at: number }[]>()
      const watching = await watchRedis(system.redis.url, (command, { time }) => {
        const [name = '', stream = '', ...fields] = command
        if (name.toLowerCase() !== 'xadd' || !stream.endsWith(':requests')) return
        const { id } = statedHeader(fields[fields.indexOf('question') + 1] ?? '')
        const before = seen.get(String(id)) ?? []
        seen.set(String(id), [...before, { stream, at: time * 1_000 }])
      })
      await guesses(6)
      watching.disconnect()
      expect(seen.size).to.be.at.least(6)
      for (const [first, ...others] of seen.values()) {
        for (const { at } of others) expect(at - (first?.at ?? at)).to.be.above(350)
      }
    })

    it('what was recorded opens with no disk of the agent, since prekeys are never on it', async () => {
      const grants: string[] = []
      const watching = await watchRedis(system.redis.url, ([command = '', key = '', ...fields]) => {
        if (command.toLowerCase() !== 'xadd' || !key.endsWith('agent-1:requests')) return
        grants.push(fields[fields.indexOf('session') + 1] ?? '')
      })
      await eventually(async () => (await guess()) === 'page' && grants.length > 0)
      watching.disconnect()
      const folder = join(system.folder, 'agent-1')
      expect((await readdir(folder)).toSorted()).to.deep.equal([
        'certificate.pem',
        'identity.key',
        'provider.json',
      ])
      expect(await readFile(join(folder, 'identity.key'), 'utf8')).to.have.length.below(300)
      const pinned = JSON.parse(await readFile(join(folder, 'provider.json'), 'utf8')) as {
        providerKeys: string[]
      }
      const keys = await Promise.all(pinned.providerKeys.map(verifyingKey))
      const clock = systemClock
      const prekeys = await createPrekeys({ clock })
      const open = createSessions({ agent: 'agent-1', clock, prekeys, providerKeys: () => keys })
      expect(await open(grants[0] ?? '')).to.equal(undefined)
    })
  })

  describe('A6: verdicts are not signed, and all agents share one key to the queue', () => {
    it('a verdict that no agent has signed is none, whoever can write to Redis', async () => {
      const stranger = await signingKey((await createIdentity()).privatePem)
      const watching = await redis.monitor()
      const forging: Promise<unknown>[] = []
      watching.on('monitor', (_time, [command = '', key = '', ...fields]: string[]) => {
        if (command.toLowerCase() !== 'xadd' || !key.endsWith(':requests')) return
        forging.push(forge(key, statedHeader(fields[fields.indexOf('question') + 1] ?? '')))
      })
      async function forge(key: string, header: Readonly<Record<string, unknown>>) {
        const [, agent = ''] = /agent:(.+):requests/.exec(key) ?? []
        const { id, realm, instance } = header
        const at = systemClock.now()
        const said = { v: 1, id, agent, realm, instance, requestHash: 'x'.repeat(43), at }
        const plain = JSON.stringify({ ...said, ...yes })
        for (const verdict of [plain, await sign('postern-verdict', plain, stranger)]) {
          const entry = ['id', String(id), 'agent', agent, 'verdict', verdict]
          await redis.xadd(`postern:replies:${String(instance)}`, '*', ...entry)
        }
      }
      for (const agent of system.agents) agent.pause()
      const kind = await guess()
      for (const agent of system.agents) agent.resume()
      watching.disconnect()
      await Promise.all(forging)
      expect(forging).not.to.have.length(0)
      expect(kind).to.equal('page')
      expect(system.provider.output()).to.contain('a verdict was refused')
    })
  })

  describe('A7: an agent takes requests and drops them (black hole)', () => {
    it('is followed by the next one after 400 ms, and then left alone', async () => {
      await using channel = await openChannel(['hole', 'honest'])
      await channel.startAgent('honest', async () => yes)
      await using hole = await startCuriousAgent(channel, 'hole')
      await eventually(() => channel.logged().split('agent heard').length === 3)
      while (!channel.logged().includes('left alone for a while')) {
        const { outcome, agent } = await channel.ask()
        expect({ outcome: outcome.name, agent }).to.deep.equal({ outcome: 'ok', agent: 'honest' })
      }
      expect(hole.seen).to.have.length.at.least(1)
    })
  })

  describe('A8: nothing ties what the person saw to what the agent did', () => {
    it('one reference is on the page, in the provider’s log and in the agent’s', async () => {
      const result = await app.signIn('locked@lab.test', system.directory.password)
      if (result.kind !== 'page') throw new Error('signed in')
      expect(result.reference).to.match(/^\w{3}-\w{3}-\w{3}$/)
      const [agent] = system.agents
        .map((one) => linesAbout(result.reference, one.output()))
        .filter(({ length }) => length > 0)
      const provider = linesAbout(result.reference, system.provider.output())
      const signIn = provider.find(({ msg }) => msg === 'sign-in')
      expect(signIn).to.include({ outcome: 'accountLocked' })
      expect(agent?.[0]).to.include({
        outcome: 'accountLocked',
        requestId: signIn?.['requestId'],
        agent: signIn?.['agent'],
      })
    })
  })

  describe('A9: the updater runs as the system, and so does the agent', () => {
    it('there is no updater: neither side has code that starts a program or runs a text', () => {
      const found = sourceFiles('agent', 'provider', 'shared').flatMap((file) => [
        ...importsOf(file)
          .filter(({ to }) => /child_process|node:vm|node:cluster|node:inspector/.test(to))
          .map(({ to }) => `${file.path} imports ${to}`),
        ...(/\beval\(|new Function\(/.test(file.code) ? [`${file.path} runs a text`] : []),
      ])
      expect(found).to.deep.equal([])
    })
  })

  describe('A10: a spray through the provider locks people out of the directory', () => {
    it('is not made worse: each attempt is one bind, and names that nobody has are none', async () => {
      const [one, two] = [somebody(), somebody()]
      const before = personBinds(system.directory)
      await Promise.all([guess(one), guess(two), guess(`nobody-${one}`)])
      const after = personBinds(system.directory)
      const [uidOne = '', uidTwo = ''] = [one, two].map((name) => name.replace('@lab.test', ''))
      expect(before.get(uidOne)).to.equal(undefined)
      expect([after.get(uidOne), after.get(uidTwo)]).to.deep.equal([1, 1])
      expect(after.get(`nobody-${uidOne}`)).to.equal(undefined)
    })
  })

  describe('A11: a side door takes passwords, with no lockout and no log', () => {
    it('there is one door: all that reads a password from a form asks by the same step', () => {
      const provider = sourceFiles('provider')
      const having = (pattern: RegExp) =>
        provider.filter(({ code }) => pattern.test(code)).map(({ path }) => path)
      expect(having(/\.get\('[\w-]*password[\w-]*'\)/i)).to.deep.equal([
        'provider/signin/password/new-password-step.ts',
        'provider/signin/password/password-forms.ts',
      ])
      // The second hands on what the first asks, and asks nothing itself.
      expect(having(/\bbroker\.verify\(/)).to.deep.equal([
        'provider/signin/password/password-step.ts',
        'provider/verdicts.ts',
      ])
      expect(having(/\bcheckPassword\(/)).to.deep.equal([
        'provider/signin/password/own-password.ts',
        'provider/signin/password/password-for-apps.ts',
        'provider/signin/password/password-forms.ts',
      ])
      expect(having(/\bcheckAppPassword\(/)).to.deep.equal([
        'provider/oidc/password-grant/password-grant.ts',
      ])
    })

    const tell = async (clientId: string, username: string, password: string) => {
      const body = new URLSearchParams({
        grant_type: 'password',
        scope: 'openid',
        username,
        password,
      })
      const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64')
      const headers = { authorization: `Basic ${basic}` }
      const answer = await fetch(`${system.issuer}/token`, { method: 'POST', headers, body })
      return (await answer.json()) as Record<string, unknown>
    }

    it('the token endpoint takes no user name and password', async () => {
      const { password } = system.directory
      expect(await tell('test-app', somebody(), password)).to.include({
        error: 'unauthorized_client',
      })
    })

    it('an app that its file allows it comes in by the same door, by an agent, and is in the log', async () => {
      const { password } = system.directory
      const old = {
        client_id: 'old-app',
        first_party: true,
        client_secret_file: '../client.secret',
        grant_types: ['password'],
        allow_password_grant: true,
      }
      await writeFile(join(system.folder, 'clients', 'old-app.yaml'), stringify(old))
      await eventually(() => system.provider.output().includes('old-app added'))
      const lines = () =>
        linesIn(system.provider.output()).filter(
          ({ msg, clientId }) => msg === 'sign-in' && clientId === 'old-app',
        )

      expect(await tell('old-app', somebody(), password)).to.have.property('id_token')
      expect(await tell('old-app', somebody(), 'wrong')).to.include({ error: 'invalid_grant' })
      expect(await tell('old-app', 'x\0@lab.test', password)).to.include({ error: 'invalid_grant' })

      await eventually(() => void expect(lines()).to.have.length(2))
      expect(system.provider.output()).to.not.include(password)
    })

    it('every try is in the sign-in log, right or wrong', async () => {
      const lines = () => system.provider.output().split('"msg":"sign-in"').length
      const before = lines()
      await guesses(2)
      await app.signIn(somebody(), system.directory.password)
      await eventually(() => void expect(lines()).to.equal(before + 3))
    })
  })
})
