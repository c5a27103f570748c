import { expect } from 'chai'
import { isOlderVersion } from '../../../../provider/agents/older-version.ts'
import type { AgentRecord } from '../../../../provider/agents/record.ts'
import { agentsStatus } from '../../../../provider/agents/status.ts'
import {
  type AgentSeen,
  providerWarnings,
  type Situation,
} from '../../../../provider/agents/warnings.ts'
import type { HeardAgent } from '../../../../provider/broker/registry.ts'
import { warningText } from '../../../../shared/warning.ts'
import type { Heartbeat } from '../../../../shared/wire.ts'

const day = 86_400_000
const now = 1_000 * day

function record(name: string, more: Partial<AgentRecord> = {}): AgentRecord {
  return {
    name,
    enrolment: `enrolment-${name}`,
    realms: ['corp'],
    state: 'approved',
    fingerprint: 'AB CD',
    networks: [],
    enrolledAt: now - 30 * day,
    approvedUntil: now + 60 * day,
    certificateEnds: now + 5 * day,
    version: 1,
    ...more,
  }
}

function heard(more: Partial<HeardAgent> = {}, said: Partial<Heartbeat> = {}): HeardAgent {
  const at = more.at ?? now - 500
  const heartbeat: Heartbeat = {
    v: 1,
    agent: 'a',
    at,
    counter: 1,
    run: 'r',
    state: 'ready',
    realms: ['corp'],
    version: '1.2.0',
    inFlight: 3,
    limit: 8,
    prekey: { kid: 'k', kty: 'RSA', n: 'n', e: 'AQAB' },
    trusts: ['key'],
    warnings: [],
    ...said,
  }
  return { name: 'a', enrolment: 'e', heartbeat, at, health: 'live', clockAhead: 0, ...more }
}

const live = (name: string, more: Partial<AgentRecord> = {}): AgentSeen => {
  return { record: record(name, more), heard: heard(), outlierFor: [] }
}

const other = live('other')

function situation(agents: readonly AgentSeen[], more: Partial<Situation> = {}): Situation {
  const since = now - 3_600_000
  return { now, since, version: '1.2.0', realms: ['corp'], agents, others: [], ...more }
}

/** What is held, of an agent beside which another one is well. */
function held(seen: Partial<AgentSeen>, more: Partial<Situation> = {}): string[] {
  const agents = [{ ...live('dc1'), ...seen }, other, live('third')]
  return providerWarnings(situation(agents, more)).map(({ name }) => name)
}

describe('what a provider warns of', () => {
  it('is nothing while two agents of a realm are well', () => {
    expect(held({})).to.deep.equal([])
  })

  it('is a realm with one live agent, and one with none', () => {
    const of = (agents: AgentSeen[]) =>
      providerWarnings(situation(agents)).map(({ name, realm }) => [name, realm])
    expect(of([other])).to.deep.equal([['singleAgent', 'corp']])
    expect(of([])).to.deep.equal([['noAgent', 'corp']])
  })

  it('counts no agent for a realm that may not be asked, or does not serve it', () => {
    const useless: AgentSeen[] = [
      live('drained', { state: 'draining' }),
      live('ended', { approvedUntil: now }),
      { ...live('elsewhere'), heard: heard({}, { realms: ['lab'] }) },
      { ...live('gone'), heard: heard({ health: 'gone' }) },
      live('foreign', { realms: ['lab'] }),
    ]
    for (const one of useless) {
      const names = providerWarnings(situation([other, one])).map(({ name }) => name)
      expect(names, one.record.name).to.include('singleAgent')
    }
  })

  it('is no missing agent in the first seconds, when none can have been heard', () => {
    expect(providerWarnings(situation([], { since: now - 9_999 }))).to.deep.equal([])
    expect(providerWarnings(situation([], { since: now - 10_000 }))).to.have.length(1)
  })

  it('is an agent that was not heard for half a minute, or not once', () => {
    expect(held({ heard: heard({ at: now - 30_000 }) })).not.to.include('agentSilent')
    expect(held({ heard: heard({ at: now - 30_001 }) })).to.include('agentSilent')
    expect(held({ heard: undefined })).to.include('agentSilent')
    expect(held({ heard: undefined }, { since: now - 30_000 })).not.to.include('agentSilent')
  })

  it('is not the silence of an agent that is drained or revoked', () => {
    for (const state of ['draining', 'revoked'] as const) {
      expect(held({ record: record('dc1', { state }), heard: undefined })).to.deep.equal([])
    }
  })

  it('is an agent that waits for its approval, or is quarantined, and why', () => {
    expect(held({ record: record('dc1', { state: 'pending' }) })).to.deep.equal(['pendingApproval'])
    const quarantine = { reason: 'twoAtOnce', at: now, detail: 'by turns' } as const
    const agent = live('dc1', { state: 'quarantined', quarantine })
    expect(providerWarnings(situation([agent, other, live('third')]))).to.deep.equal([
      { name: 'quarantined', agent: 'dc1', detail: 'twoAtOnce: by turns' },
    ])
  })

  it('is a certificate with less than two days, an approval with less than two weeks', () => {
    const ends = (more: Partial<AgentRecord>) => held({ record: record('dc1', more) })
    expect(ends({ certificateEnds: now + 2 * day, approvedUntil: now + 14 * day })).to.be.empty
    expect(ends({ certificateEnds: now + 2 * day - 1 })).to.deep.equal(['certificateEnding'])
    expect(ends({ approvedUntil: now + 14 * day - 1 })).to.deep.equal(['approvalEnding'])
  })

  it('is a clock that is more than two seconds off', () => {
    const off = (clockAhead: number) => held({ heard: heard({ clockAhead }) })
    expect(off(2_000)).to.deep.equal([])
    expect(off(2_001)).to.deep.equal(['clockOff'])
    expect(off(-2_001)).to.deep.equal(['clockOff'])
  })

  it('is an agent of an older version, not of a newer one', () => {
    expect(held({ heard: heard({}, { version: '1.1.9' }) })).to.deep.equal(['oldVersion'])
    expect(held({ heard: heard({}, { version: '1.10.0' }) })).to.deep.equal([])
  })

  it('is what the agent says of itself, once, and not for long after it fell silent', () => {
    const codes = (['directorySlow', 'clockOff'] as const).map((name) => warningText(name).code)
    const said = { warnings: codes, at: now - 5_000 }
    const names = held({ heard: heard({}, said) })
    expect(names.toSorted()).to.deep.equal(['clockOff', 'directorySlow'])
    expect(held({ heard: heard({ at: now - 40_000 }, said) })).to.deep.equal(['agentSilent'])
  })

  it('is an agent that does worse than others, for each realm', () => {
    expect(held({ outlierFor: ['corp', 'lab'] })).to.deep.equal(['outlier', 'outlier'])
  })

  it('is what other parts of the process say', () => {
    expect(held({}, { others: [{ name: 'redisNotPersistent' }] })).to.deep.equal([
      'redisNotPersistent',
    ])
  })
})

describe('versions', () => {
  it('are compared by number', () => {
    expect(isOlderVersion('0.9.0', '0.10.0')).to.equal(true)
    expect(isOlderVersion('1.0.0', '0.10.0')).to.equal(false)
    expect(isOlderVersion('0.1.0', '0.1.0')).to.equal(false)
    expect(isOlderVersion('unknown', '0.1.0')).to.equal(false)
  })
})

describe('the status of agents', () => {
  it('has each warning where it belongs', () => {
    const agents = [live('dc1', { approvedUntil: now + day }), { ...other, heard: undefined }]
    const status = agentsStatus(situation(agents, { others: [{ name: 'redisNotPersistent' }] }))
    const names = (of: readonly { name: string }[] | undefined) => of?.map(({ name }) => name)
    expect(names(status.realms[0]?.warnings)).to.deep.equal(['singleAgent'])
    expect(names(status.agents[0]?.warnings)).to.deep.equal(['approvalEnding'])
    expect(names(status.agents[1]?.warnings)).to.deep.equal(['agentSilent'])
    expect(names(status.warnings)).to.deep.equal(['redisNotPersistent'])
    expect(status.realms[0]).to.include({ name: 'corp', live: 1 })
  })

  it('has what an agent says, and for how long it has been silent', () => {
    const [dc1, silent] = agentsStatus(
      situation([live('dc1'), { ...other, heard: undefined }]),
    ).agents
    expect(dc1).to.include({ health: 'live', heardAgo: 500, inFlight: 3, limit: 8 })
    expect(dc1).to.include({ version: '1.2.0', clockAhead: 0, state: 'approved' })
    expect(silent).to.include({ health: 'silent' })
    expect(silent).not.to.have.property('heardAgo')
  })

  it('is plain JSON, with times that people can read', () => {
    const status = agentsStatus(situation([live('dc1')]))
    expect(JSON.parse(JSON.stringify(status))).to.deep.equal(status)
    expect(status.agents[0]?.certificateEnds).to.match(/^\d{4}-\d\d-\d\dT.*Z$/)
    expect(status.agents[0]).not.to.have.property('redisPasswordHash')
  })
})
