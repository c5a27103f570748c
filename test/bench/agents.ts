import { pinnedAgents } from '../../provider/broker/agents.ts'
import { createBroker } from '../../provider/broker/broker.ts'
import { fixedChannelKeys } from '../../provider/broker/channel-keys.ts'
import type { Bus } from '../../shared/bus.ts'
import { systemClock } from '../../shared/clock.ts'
import { createIdentity, signingKey } from '../../shared/envelope-keys.ts'
import { createLog } from '../../shared/log.ts'
import { openCarriers } from '../../shared/redis/carriers.ts'
import { eventually } from '../support/eventually.ts'
import { startRedis } from '../support/start-redis.ts'
import type { Crowd } from './agent-crowd.ts'
import { startAnnounced } from './announced-process.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { keepInFlight } from './in-flight.ts'
import { median, rounded } from './statistics.ts'

/**
 * One password check with forty agents in the realm, beside the same with one. What counts is the
 * provider's own time, since agents have hosts of their own; here they are all on this one, where
 * forty connections with one question each cost more than one connection with forty. `wallRatio`
 * says how much.
 */
export const agents: Benchmark = {
  about: 'what a password check costs, and how long its request is, with 40 agents and with 1',
  run,
}

interface Cost {
  /** Milliseconds of the provider process's processor time for one check. */
  readonly processor: number
  /** Milliseconds from one check to the next, with agents, Redis and provider on one machine. */
  readonly wall: number
  /** Of the request as it is added to the agent's stream. */
  readonly bytes: number
}

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
  const made = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      return { name: `agent-${index + 1}`, realms: ['lab'], ...(await createIdentity()) }
    }),
  )
  await using opened = new AsyncDisposableStack()
  const settings = { url: redis.url, keyPrefix: 'postern:' }
  const carriers = await openCarriers(settings, { clock, log, folder: '.', name: 'bench' })
  opened.defer(() => carriers.close?.())
  const counter = counted(carriers.bus)
  const broker = createBroker({
    bus: counter.bus,
    store: carriers.store,
    clock,
    log,
    agents: await pinnedAgents(made),
    channelKeys: fixedChannelKeys(await signingKey(channel.privatePem)),
  })
  opened.defer(() => broker.stop())
  const about = { redisUrl: redis.url, providerPublicKey: channel.publicKey }
  const crowd: Crowd = { ...about, agents: made }
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
  let checks = 0
  const before = process.cpuUsage()
  const { perSecond } = await keepInFlight(
    32,
    { milliseconds: quick ? 100 : 2_000, signal },
    async () => {
      await verify()
      checks += 1
    },
  )
  const { user, system } = process.cpuUsage(before)
  const processor = (user + system) / 1_000 / checks
  return { processor, wall: 1_000 / perSecond, bytes: counter.mean() }
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
  return {
    processor: median(costs.map(({ processor }) => processor)),
    wall: median(costs.map(({ wall }) => wall)),
    bytes: median(costs.map(({ bytes }) => bytes)),
  }
}

function report(one: Cost, forty: Cost): Report {
  const ratio = rounded(forty.processor / one.processor, 3)
  const wallRatio = rounded(forty.wall / one.wall, 3)
  const bytesPerRequest = rounded(forty.bytes)
  const bytesRatio = rounded(forty.bytes / one.bytes, 3)
  const row = (name: string, { processor, wall, bytes }: Cost) => [
    name,
    processor.toFixed(3),
    wall.toFixed(3),
    bytes.toFixed(0),
  ]
  return {
    result: { ratio, wallRatio, bytesPerRequest, bytesRatio },
    targets: [
      { name: 'ratio', value: ratio, most: 1.1 },
      { name: 'bytesRatio', value: bytesRatio, most: 1.1 },
    ],
    table: [
      ['agents', 'provider ms a check', 'ms a check', 'bytes a request'],
      row('1', one),
      row('40', forty),
    ],
  }
}
