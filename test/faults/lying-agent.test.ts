import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { eventually } from '../support/eventually.ts'
import { openRedis } from '../support/open-redis.ts'
import { openOwnBroker } from '../support/own-broker.ts'
import { type PosternProcess, startPostern } from '../support/postern-process.ts'
import { createRelyingParty } from '../support/relying-party.ts'
import { runPostern } from '../support/run-postern.ts'
import { clientSecret, type System, startSystem } from '../support/start-system.ts'

const program = fileURLToPath(new URL('../support/lying-agent.ts', import.meta.url))
const realm = { name: 'lab', suffixes: ['lab.test'], default: true }
const boss = '11111111-2222-3333-4444-555555555555'

/** Has one agent of the system replaced by a process with its keys that says yes to everything. */
async function corrupt(system: System, agent: string): Promise<PosternProcess> {
  await system.agents[Number(agent.slice(-1)) - 1]?.stop()
  const lying = startPostern([join(system.folder, `${agent}.yaml`), boss], { program })
  await lying.says('agent ready')
  return lying
}

const configOf = (system: System) => join(system.folder, 'provider.yaml')

async function changeSettings(system: System, changed: Record<string, unknown>): Promise<void> {
  const file = configOf(system)
  const settings = parse(await readFile(file, 'utf8')) as Record<string, unknown>
  await writeFile(file, stringify({ ...settings, ...changed }), { mode: 0o600 })
}

const appOf = (system: System) =>
  createRelyingParty(system.issuer, { clientId: 'test-app', clientSecret })

describe('A1: an agent of which somebody owns the process, and which says yes to everything', () => {
  it('lets in whom it wants until a canary comes: then it is asked nothing by anybody', async () => {
    await using system = await startSystem({ agents: 2, provider: { canaries: { perHour: 0 } } })
    await using lying = await corrupt(system, 'agent-1')
    const app = await appOf(system)
    // Nobody has this name, so that the honest agent's directory has nobody to lock.
    const guess = () => app.signIn('nobody@lab.test', 'a guess')
    await eventually(async () => (await guess()).kind === 'tokens', { within: 10_000 })

    await using other = await openOwnBroker(system, 2)
    await system.provider.stop()
    await changeSettings(system, { canaries: { perHour: 3_600 } })
    const provider = await system.restartProvider()
    await provider.says('"alert":"agentQuarantined"', 60_000)
    await provider.says('let in by the agent')
    expect(provider.output()).to.match(/"agent":"agent-1".*"alertCode":"PST-401"/)
    expect(provider.output()).to.contain(`"subs":["lab:${boss}"]`)
    expect(provider.output()).not.to.match(/"agent":"agent-2".*agentQuarantined/)

    const shown = await runPostern(['agents', 'show', 'agent-1', '--config', configOf(system)])
    expect(shown.stdout)
      .to.match(/state +quarantined/)
      .and.to.match(/quarantined .*canary/)
    expect(shown.stdout).to.contain(`lab:${boss}`).and.to.contain('test-app')

    using redis = openRedis(system)
    const requests = 'postern:agent:agent-1:requests'
    const asked = () => lying.output().split('the directory accepted the password').length
    const before = asked()
    // Also by a process that has not seen the canary itself.
    for (let count = 0; count < 10; count += 1) {
      const about = { realm: 'lab', username: 'nobody@lab.test', reference: 'REF' }
      const { outcome, agent } = await other.verify({ ...about, password: 'a guess' })
      expect([outcome.name, agent]).to.deep.equal(['unknownUser', 'agent-2'])
    }
    expect((await guess()).kind).to.equal('page')
    const right = await app.signIn('ok@lab.test', system.directory.password)
    expect(right.kind).to.equal('tokens')
    expect(asked()).to.equal(before)
    expect(await redis.redis.xlen(requests)).to.equal(0)
  }).timeout(120_000)

  it('is quarantined also if it is the only one, and then nobody is let in', async () => {
    await using system = await startSystem({ provider: { canaries: { perHour: 3_600 } } })
    await using lying = await corrupt(system, 'agent-1')
    await system.provider.says('"alert":"agentQuarantined"', 60_000)
    expect(lying.output()).to.contain('the directory accepted the password')
    const result = await (await appOf(system)).signIn('ok@lab.test', 'a guess')
    if (result.kind !== 'page') throw new Error('let in')
    expect(result.text).to.contain('does not mean that it is wrong')
  }).timeout(120_000)

  it('lets in nobody where two agents have to agree, and is found out by the first try', async () => {
    const provider = { canaries: { perHour: 0 }, realms: [{ ...realm, secondOpinion: true }] }
    await using system = await startSystem({ agents: 2, provider })
    const app = await appOf(system)
    const right = () => app.signIn('ok@lab.test', system.directory.password)
    expect((await right()).kind).to.equal('tokens')
    await using lying = await corrupt(system, 'agent-1')
    await eventually(
      async () => {
        // At once: one by one would all go to the faster of the two, which may be the honest one.
        const guesses = Array.from({ length: 6 }, () => app.signIn('nobody@lab.test', 'a guess'))
        const kinds = (await Promise.all(guesses)).map(({ kind }) => kind)
        expect(new Set(kinds)).to.deep.equal(new Set(['page']))
        expect(system.provider.output()).to.contain('"alert":"agentsDisagree"')
      },
      { within: 20_000 },
    )
    await system.provider.says('"alert":"agentQuarantined"', 10_000)
    expect(lying.output()).to.contain('the directory accepted the password')
    expect(system.provider.output()).to.match(/"agent":"agent-1".*"alert":"agentQuarantined"/)
  }).timeout(120_000)
})
