import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import type { AgentsStatus } from '../../../provider/agents/status.ts'
import { systemClock } from '../../../shared/clock.ts'
import { eventually } from '../../support/eventually.ts'
import { type PosternProcess, startPostern } from '../../support/postern-process.ts'
import { runPostern } from '../../support/run-postern.ts'
import { type Receiver, startReceiver } from '../../support/start-receiver.ts'
import { type System, startSystem } from '../../support/start-system.ts'

/** How often the provider has said this about the first agent. */
function timesSaid(system: System, text: string): number {
  return system.provider
    .output()
    .split('\n')
    .filter((line) => line.includes(text) && line.includes('"agent":"agent-1"')).length
}

/** Another process with the first agent's identity, as a thief or a copied machine would run it. */
async function startCopy({ folder }: System): Promise<PosternProcess> {
  await cp(join(folder, 'agent-1'), join(folder, 'copy'), { recursive: true })
  const settings = parse(await readFile(join(folder, 'agent-1.yaml'), 'utf8')) as object
  const file = join(folder, 'copy.yaml')
  await writeFile(file, stringify({ ...settings, identityDirectory: 'copy' }))
  return startPostern(['agent', 'run', '--config', file])
}

async function agents<T>(system: System, ...args: string[]): Promise<T> {
  const config = ['--config', join(system.folder, 'provider.yaml'), '--json']
  const { code, stdout, stderr } = await runPostern(['agents', ...args, ...config])
  expect(code, stderr).to.equal(0)
  return JSON.parse(stdout) as T
}

describe('an agent whose identity runs twice', function () {
  this.timeout(30_000)
  let system: System
  let receiver: Receiver
  let secrets: string
  before(async () => {
    receiver = await startReceiver()
    secrets = await mkdtemp(join(tmpdir(), 'postern-webhook-'))
    const secretFile = join(secrets, 'webhook.secret')
    await writeFile(secretFile, Buffer.alloc(32, 7).toString('base64'))
    const webhook = { url: receiver.url, secretFile }
    const metrics = { listen: { host: '127.0.0.1', port: 0 } }
    system = await startSystem({ agents: 2, provider: { alerts: { webhook }, metrics } })
  })
  after(async () => {
    await system?.[Symbol.asyncDispose]()
    await receiver[Symbol.asyncDispose]()
    await rm(secrets, { recursive: true, force: true })
  })

  const told = (name: string) => receiver.posts.filter(({ body }) => body.includes(name))

  it('is left alone within three seconds, restarts before that or not', async () => {
    await system.agents[0]?.stop()
    await system.restartAgent(0)
    await eventually(() => timesSaid(system, 'agent heard') === 2)
    expect(timesSaid(system, 'PST-401')).to.equal(0)

    await using copy = await startCopy(system)
    await copy.says('agent ready')
    await eventually(() => timesSaid(system, 'agent heard') >= 3, { within: 10_000 })
    const heardAt = systemClock.now()
    await eventually(() => timesSaid(system, 'PST-401') > 0, { within: 6_000 })
    expect(systemClock.now() - heardAt).to.be.lessThan(3_000)
  })

  it('is named by the list, the alert and the metrics, with why', async () => {
    const { agents: rows, realms } = await agents<AgentsStatus>(system, 'list')
    const row = rows.find(({ name }) => name === 'agent-1')
    expect(row).to.include({ state: 'quarantined' })
    expect(row?.quarantine).to.include({ reason: 'twoAtOnce' })
    expect(row?.warnings.map(({ code }) => code)).to.include('PST-305')
    expect(realms.map(({ live }) => live)).to.deep.equal([1])
    await eventually(() => told('agentQuarantined').length === 1)
    const [, port = ''] =
      /"port":(\d+)\},"msg":"metrics ready"/.exec(system.provider.output()) ?? []
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
    expect(text).to.match(/^postern_warning\{.*"quarantined",agent="agent-1".*\} 1$/m)
    expect(text).to.contain('postern_alerts_total{alert="agentQuarantined"} 1')
  })

  it('is asked again when an admin approves it, once the other one has gone', async () => {
    const before = await agents<AgentsStatus>(system, 'list')
    const { fingerprint = '' } = before.agents.find(({ name }) => name === 'agent-1') ?? {}
    await agents(system, 'approve', 'agent-1', '--fingerprint', fingerprint)
    await eventually(() => timesSaid(system, 'no more: the agent is quarantined') === 1)
    await eventually(() => told('agentApproved').length === 1)
    const { realms } = await agents<AgentsStatus>(system, 'list')
    expect(realms.map(({ live }) => live)).to.deep.equal([2])
    expect(timesSaid(system, 'PST-401')).to.equal(1)
  })
})
