import { expect } from 'chai'
import { pino } from 'pino'
import type { Failure } from '../../../../agent/backends/ldap-failure.ts'
import type { LdapPool } from '../../../../agent/backends/ldap-pool.ts'
import type { Server } from '../../../../agent/backends/ldap-server.ts'
import { type Attempt, LdapServers } from '../../../../agent/backends/ldap-servers.ts'
import { type StoppedClock, stoppedClock } from '../../../support/stopped-clock.ts'

describe('ldap servers', () => {
  const patient = new AbortController().signal
  const coolDown = 1_000
  const ok: Attempt = { outcome: { name: 'wrongPassword' } }
  const failure = (more: Partial<Failure> = {}): Attempt => ({
    failure: {
      step: 'connect',
      reason: 'directoryDown',
      detail: 'x',
      ofServer: true,
      lost: false,
      ...more,
    },
  })

  let clock: StoppedClock
  let state: Record<string, Attempt>
  let asked: string[]
  let probed: string[]
  let dropped: string[]
  let servers: LdapServers

  beforeEach(async () => {
    clock = stoppedClock()
    state = { first: ok, second: ok }
    asked = []
    probed = []
    dropped = []
    servers = new LdapServers({
      coolDown,
      clock,
      log: pino({ level: 'silent' }),
    })
    await servers.use(['first', 'second'], fakeServer)
  })

  function fakeServer(url: string): Server {
    const pool = {
      probe: async () => {
        probed.push(url)
        const now = state[url] ?? ok
        return 'failure' in now ? now.failure : undefined
      },
      giveUp: () => dropped.push(`${url} given up`),
      dropIdle: () => dropped.push(`${url} idle`),
      close: async () => {},
    } as unknown as LdapPool
    return { url, searchers: pool, binders: pool }
  }

  async function ask(signal = patient) {
    asked = []
    const { outcome, directory } = await servers.ask(signal, async ({ url }) => {
      asked.push(url)
      return state[url] ?? ok
    })
    return [outcome.name === 'unavailable' ? outcome.reason : outcome.name, directory]
  }

  it('asks the first as long as it answers', async () => {
    expect(await ask()).to.deep.equal(['wrongPassword', 'first'])
    expect(asked).to.deep.equal(['first'])
  })

  it('asks the second when the first fails, and then leaves the first alone', async () => {
    state['first'] = failure()
    expect(await ask()).to.deep.equal(['wrongPassword', 'second'])
    expect(asked).to.deep.equal(['first', 'second'])
    expect(dropped).to.deep.equal(['first given up', 'first given up'])
    expect(await ask()).to.deep.equal(['wrongPassword', 'second'])
    expect(asked).to.deep.equal(['second'])
    expect(probed).to.deep.equal([])
  })

  it('tries the first out after a while, while nobody waits for it', async () => {
    state['first'] = failure()
    await ask()
    clock.advance(coolDown)
    await ask()
    expect([asked, probed]).to.deep.equal([['second'], ['first']])
    await ask()
    expect(probed).to.deep.equal(['first'])
    state['first'] = ok
    clock.advance(coolDown)
    await ask()
    expect([asked, probed]).to.deep.equal([['second'], ['first', 'first']])
    await ask()
    expect(asked).to.deep.equal(['first'])
  })

  it('asks those that fail as well when all do: it is how to learn that one is back', async () => {
    state = { first: failure(), second: failure({ reason: 'directoryTimeout' }) }
    expect(await ask()).to.deep.equal(['directoryTimeout', 'second'])
    expect(await ask()).to.deep.equal(['directoryTimeout', 'second'])
    expect(asked).to.deep.equal(['first', 'second'])
    state['first'] = ok
    expect(await ask()).to.deep.equal(['wrongPassword', 'first'])
    expect(await ask()).to.deep.equal(['wrongPassword', 'first'])
    expect(asked).to.deep.equal(['first'])
  })

  it('does not repeat a service account that was refused, until the time has come', async () => {
    state = {
      first: failure({ reason: 'serviceAccount' }),
      second: failure({ reason: 'serviceAccount' }),
    }
    await ask()
    expect(await ask()).to.deep.equal(['serviceAccount', undefined])
    expect(asked).to.deep.equal([])
    clock.advance(coolDown)
    await ask()
    expect(asked).to.deep.equal(['first', 'second'])
  })

  it('asks no second server after a bind that may have counted', async () => {
    state['first'] = failure({ step: 'bind', reason: 'directoryTimeout' })
    expect(await ask()).to.deep.equal(['directoryTimeout', 'first'])
    expect(asked).to.deep.equal(['first'])
    // But the next person is not sent there.
    expect(await ask()).to.deep.equal(['wrongPassword', 'second'])
  })

  it('does not leave a server alone because one connection was lost', async () => {
    state['first'] = failure({ step: 'bind', lost: true })
    await ask()
    expect(dropped).to.deep.equal(['first idle', 'first idle'])
    state['first'] = ok
    expect(await ask()).to.deep.equal(['wrongPassword', 'first'])
  })

  it('does not blame a server for settings that do not fit, nor for time that ran out', async () => {
    state['first'] = failure({ step: 'search', reason: 'misconfigured', ofServer: false })
    expect(await ask()).to.deep.equal(['misconfigured', 'first'])
    expect(asked).to.deep.equal(['first'])
    state['first'] = failure({ step: 'search', reason: 'directoryTimeout' })
    expect(await ask(AbortSignal.abort())).to.deep.equal(['directoryTimeout', 'first'])
    state['first'] = ok
    expect(await ask()).to.deep.equal(['wrongPassword', 'first'])
  })

  it('says that no password was tried as long as it failed before binding', async () => {
    const notTried = async () => {
      const answer = await servers.ask(patient, async ({ url }) => state[url] ?? ok)
      return answer.notTried ?? false
    }
    expect(await notTried()).to.equal(false)
    state = { first: failure(), second: failure({ step: 'search' }) }
    expect(await notTried()).to.equal(true)
    state = { first: failure(), second: failure({ step: 'bind' }) }
    expect(await notTried()).to.equal(false)
    state = { first: failure({ step: 'bind', ofServer: false }), second: failure() }
    expect(await notTried()).to.equal(false)
  })
})
