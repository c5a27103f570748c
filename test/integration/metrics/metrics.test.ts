import { expect } from 'chai'
import type { Now } from '../../../provider/metrics/gauges.ts'
import { createPrometheusMetrics } from '../../../provider/metrics/prometheus.ts'
import { serveMetrics } from '../../../provider/metrics/serve-metrics.ts'
import { createLog } from '../../../shared/log.ts'
import { expectFault } from '../../support/rejection.ts'

const quiet: Now = {
  agents: [],
  realms: [],
  warnings: [],
  redis: { isDown: false, outages: 0 },
}
const log = createLog({ level: 'silent', process: 'test' })
const anyPort = { host: '127.0.0.1', port: 0 }

/** Metrics with their listener, and the samples that it shows: name and labels, with the value. */
async function open(now: () => Now = () => quiet) {
  const metrics = createPrometheusMetrics(now)
  const server = await serveMetrics(anyPort, metrics, log)
  const url = `http://127.0.0.1:${server.address.port}/metrics`
  const samples = async () => {
    const lines = (await (await fetch(url)).text()).split('\n')
    return new Map(
      lines
        .filter((line) => line.startsWith('postern_'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    )
  }
  return { metrics, url, samples, [Symbol.asyncDispose]: () => server.close() }
}

const asked = { realm: 'corp', clientId: 'demo-app', milliseconds: 30 }

describe('metrics', () => {
  it('count sign-ins by what came of them, and how long they took', async () => {
    await using opened = await open()
    const { metrics } = opened
    metrics.signIn({ ...asked, outcome: { name: 'wrongPassword' } })
    metrics.signIn({ ...asked, outcome: { name: 'wrongPassword' } })
    metrics.signIn({ ...asked, outcome: { name: 'unavailable', reason: 'noAgent' } })
    metrics.signIn({ realm: 'corp', clientId: 'demo-app', outcome: 'fault' })
    const found = await opened.samples()
    const count = (outcome: string, reason = '') =>
      found.get(
        `postern_sign_ins_total{realm="corp",client="demo-app",method="password",outcome="${outcome}",reason="${reason}"}`,
      )
    expect(count('wrongPassword')).to.equal(2)
    expect(count('unavailable', 'noAgent')).to.equal(1)
    expect(count('fault')).to.equal(1)
    expect(found.get('postern_verification_seconds_count{realm="corp"}')).to.equal(3)
    expect(found.get('postern_verification_seconds_bucket{le="0.025",realm="corp"}')).to.equal(0)
    expect(found.get('postern_verification_seconds_bucket{le="0.05",realm="corp"}')).to.equal(3)
  })

  it('count hand-overs, canaries and alerts', async () => {
    await using opened = await open()
    const { metrics } = opened
    metrics.handedOver('corp', 'notTried')
    metrics.canary('corp', 'dc1', { name: 'unknownUser' })
    metrics.alert('agentQuarantined')
    const found = await opened.samples()
    expect(found.get('postern_hand_overs_total{realm="corp",why="notTried"}')).to.equal(1)
    const canary = 'postern_canaries_total{realm="corp",agent="dc1",outcome="unknownUser"}'
    expect(found.get(canary)).to.equal(1)
    expect(found.get('postern_alerts_total{alert="agentQuarantined"}')).to.equal(1)
    expect(found.get('postern_alerts_total{alert="agentRevoked"}')).to.equal(0)
  })

  it('say how agents stand when they are read, and forget those that have gone', async () => {
    const agent = { name: 'dc1', state: 'approved', isLive: true, inFlight: 3, latency: 12 }
    let now: Now = { ...quiet, agents: [agent], realms: [{ name: 'corp', live: 1 }] }
    await using opened = await open(() => now)
    const before = await opened.samples()
    expect(before.get('postern_agent_live{agent="dc1"}')).to.equal(1)
    expect(before.get('postern_agent_in_flight{agent="dc1"}')).to.equal(3)
    expect(before.get('postern_agent_latency_seconds{agent="dc1"}')).to.equal(0.012)
    expect(before.get('postern_agent_info{agent="dc1",state="approved"}')).to.equal(1)
    expect(before.get('postern_realm_live_agents{realm="corp"}')).to.equal(1)
    now = quiet
    expect([...(await opened.samples()).keys()].filter((key) => key.includes('dc1'))).to.be.empty
  })

  it('have every warning: 1 while it holds, 0 while it does not', async () => {
    let now: Now = { ...quiet, warnings: [{ name: 'noAgent', realm: 'corp' }] }
    await using opened = await open(() => now)
    const key = (realm: string) =>
      `postern_warning{code="PST-301",warning="noAgent",agent="",realm="${realm}"}`
    expect((await opened.samples()).get(key('corp'))).to.equal(1)
    now = quiet
    const found = await opened.samples()
    expect(found.get(key('corp'))).to.equal(undefined)
    expect(found.get(key(''))).to.equal(0)
  })

  it('say whether Redis works, and how often it did not', async () => {
    await using opened = await open(() => ({ ...quiet, redis: { isDown: true, outages: 2 } }))
    const found = await opened.samples()
    expect(found.get('postern_redis_up')).to.equal(0)
    expect(found.get('postern_redis_outages_total')).to.equal(2)
  })

  it('have no more apps than a thousand, whatever there were', async () => {
    await using opened = await open()
    for (let count = 0; count < 1_100; count += 1) {
      const outcome = { name: 'unknownUser' } as const
      opened.metrics.signIn({ ...asked, clientId: `app-${count}`, outcome })
    }
    const apps = [...(await opened.samples())].filter(([key]) => key.includes('sign_ins_total'))
    expect(apps).to.have.length(1_001)
    expect(apps.find(([key]) => key.includes('client="other"'))?.[1]).to.equal(100)
  })

  it('are shown to GET /metrics alone', async () => {
    await using opened = await open()
    const status = async (path: string, method = 'GET') =>
      (await fetch(new URL(path, opened.url), { method })).status
    expect(await status('/metrics')).to.equal(200)
    expect(await status('/metrics', 'POST')).to.equal(405)
    expect(await status('/')).to.equal(404)
    expect(await (await fetch(opened.url)).text()).to.contain('process_cpu_seconds_total')
  })

  it('say at the start that their port is in use', async () => {
    await using opened = await open()
    const port = Number(new URL(opened.url).port)
    const { message } = await expectFault(
      serveMetrics({ ...anyPort, port }, opened.metrics, log),
      'listen',
    )
    expect(message).to.contain(`127.0.0.1:${port}`)
  })
})
