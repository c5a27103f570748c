import { setTimeout as sleep } from 'node:timers/promises'
import { memoryAuthority } from '../../provider/agents/memory-authority.ts'
import { createBroker } from '../../provider/broker/broker.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import type { Bus } from '../../shared/bus.ts'
import { systemClock } from '../../shared/clock.ts'
import { createIdentity, signingKey } from '../../shared/envelope-keys.ts'
import { createLog } from '../../shared/log.ts'
import { openCarriers } from '../../shared/redis/carriers.ts'
import { certify } from '../support/certify.ts'
import { eventually } from '../support/eventually.ts'
import { openMemoryAgents } from '../support/memory-agents.ts'
import { startRedis } from '../support/start-redis.ts'
import type { Crowd } from './agent-crowd.ts'
import { startAnnounced } from './announced-process.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { keepInFlight, keepRate } from './in-flight.ts'
import { median, rounded } from './statistics.ts'

/**
 * One password check with forty agents in the realm, beside the same with one, both at the same
 * number of checks a second. What counts is the provider's own processor time, since agents have
 * hosts of their own; here they are all in one process beside it.
 *
 * Everything is counted, the heartbeats too, of which there are forty times as many; what those alone
 * cost, while nobody signs in, is `idlePerSecond`.
 *
 * Not with as many at once as there can be: one agent is then faster than forty in one process, its
 * provider has more to do at each waking, and so does each check for less. That would compare two
 * loads, not two numbers of agents.
 */
export const agents: Benchmark = {
  about: 'what a password check costs, and how long its request is, with 40 agents and with 1',
  run,
}

interface Cost {
  /** Milliseconds of the provider process's processor time for one check. */
  readonly processor: number
  /** Milliseconds of it a second while nobody signs in. */
  readonly idle: number
  /** Milliseconds that one check takes. */
  readonly p50: number
  /** Of the request as it is added to the agent's stream. */
  readonly bytes: number
}

const checksPerSecond = 800

async function run(options: BenchmarkOptions): Promise<Report> {
  const rounds = options.quick ? 1 : 5
  const one: Cost[] = []
  const forty: Cost[] = []
  for (let round = 1; round <= rounds; round += 1) {
    options.say(`round ${round} of ${rounds}`)
    one.push(await cost(1, options))
    forty.push(await cost(40, options))
  }
  return report(middle(one), middle(forty))
}

/** From nothing each time, so that the heartbeats of the one crowd are no load on the other. */
async function cost(count: number, { quick, signal }: BenchmarkOptions): Promise<Cost> {
  const clock = systemClock
  const log = createLog({ level: 'warn', process: 'bench' })
  await using redis = await startRedis()
  const channel = await createIdentity()
  const authority = await memoryAuthority(clock)
  const names = Array.from({ length: count }, (_, index) => `agent-${index + 1}`)
  const made = await Promise.all(names.map((name) => certify(authority.authority, name, ['lab'])))
  await using opened = new AsyncDisposableStack()
  const settings = { url: redis.url, keyPrefix: 'postern:' }
  const carriers = await openCarriers(settings, { clock, log, folder: '.', name: 'bench' })
  opened.defer(() => carriers.close?.())
  const counter = counted(carriers.bus)
  const channelKeys = fixedChannelKeys(await signingKey(channel.privatePem))
  const known = await openMemoryAgents({ authority, channelKeys, clock, log })
  opened.defer(() => known.stop())
  const broker = createBroker({
    bus: counter.bus,
    store: carriers.store,
    clock,
    log,
    agents: known.trusted,
    channelKeys,
  })
  opened.defer(() => broker.stop())
  const about = { redisUrl: redis.url, providerPublicKey: channel.publicKey }
  const crowd: Crowd = {
    ...about,
    agents: made.map(({ name, privatePem, certificate }) => ({ name, privatePem, certificate })),
  }
  opened.use(await startAnnounced(['test/bench/agent-crowd.ts', JSON.stringify(crowd)]))

  const heard = new Set<string>()
  const verify = async (): Promise<void> => {
    const asked = { realm: 'lab', username: 'somebody@lab.test', password: 'Passw0rd!Lab' }
    const { outcome, agent } = await broker.verify({ ...asked, reference: 'BENCH' })
    if (outcome.name !== 'ok') throw new Error(`not ok but ${JSON.stringify(outcome)}`)
    heard.add(agent ?? '')
  }
  // Each agent's first question has a session key to open.
  await eventually(() => verify().then(() => true))
  const warm = { milliseconds: quick ? 50 : 500, signal }
  await eventually(
    async () => {
      await keepInFlight(64, warm, verify)
      return heard.size === count
    },
    { within: 20_000 },
  )
  counter.reset()
  const milliseconds = quick ? 100 : 2_000
  const idle = await processorTime(() => sleep(milliseconds, undefined, { signal }))
  const loaded = await processorTime(() =>
    keepRate(checksPerSecond, { milliseconds, most: 64, signal }, verify),
  )
  return {
    processor: loaded.processor / loaded.done.length,
    idle: (idle.processor / idle.wall) * 1_000,
    p50: median(loaded.done),
    bytes: counter.mean(),
  }
}

/** All in milliseconds. */
async function processorTime<T>(work: () => Promise<T>) {
  const [before, began] = [process.cpuUsage(), performance.now()]
  const done = await work()
  const { user, system } = process.cpuUsage(before)
  return { done, processor: (user + system) / 1_000, wall: performance.now() - began }
}

function counted(bus: Bus) {
  let [requests, bytes] = [0, 0]
  const counting: Bus = {
    ...bus,
    add: (stream, entry) => {
      requests += 1
      for (const part of Object.entries(entry).flat()) bytes += Buffer.byteLength(part)
      return bus.add(stream, entry)
    },
  }
  const reset = () => {
    ;[requests, bytes] = [0, 0]
  }
  return { bus: counting, reset, mean: () => bytes / requests }
}

function middle(costs: readonly Cost[]): Cost {
  const of = (name: keyof Cost) => median(costs.map((each) => each[name]))
  return { processor: of('processor'), idle: of('idle'), p50: of('p50'), bytes: of('bytes') }
}

function report(one: Cost, forty: Cost): Report {
  const ratio = rounded(forty.processor / one.processor, 3)
  const idlePerSecond = rounded(forty.idle, 1)
  const bytesPerRequest = rounded(forty.bytes)
  const bytesRatio = rounded(forty.bytes / one.bytes, 3)
  const row = (name: string, { processor, idle, p50, bytes }: Cost) => [
    name,
    processor.toFixed(3),
    p50.toFixed(2),
    bytes.toFixed(0),
    idle.toFixed(1),
  ]
  return {
    result: { ratio, bytesPerRequest, bytesRatio, idlePerSecond },
    targets: [
      { name: 'ratio', value: ratio, most: 1.1 },
      { name: 'bytesRatio', value: bytesRatio, most: 1.1 },
    ],
    table: [
      ['agents', 'provider ms a check', 'p50 ms', 'bytes a request', 'idle ms a second'],
      row('1', one),
      row('40', forty),
    ],
  }
}
