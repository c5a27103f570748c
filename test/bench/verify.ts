import { startSystem } from '../support/start-system.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { openBrokerOfOk } from './broker-of-ok.ts'
import { openDirectLdap } from './direct-ldap.ts'
import { inTurns, keepInFlight, type Measured, medians } from './in-flight.ts'
import { everybodyInTurn } from './people.ts'
import { rounded } from './statistics.ts'

/** One password check through Redis and an agent, beside the same questions put to the directory. */
export const verify: Benchmark = {
  about: 'password checks through Redis and one agent, beside direct search + bind with ldapts',
  run,
}

interface Level {
  readonly inFlight: number
  readonly agent: Measured
  readonly direct: Measured
}

async function run(options: BenchmarkOptions): Promise<Report> {
  const { quick, signal, say } = options
  const people = quick ? 10 : 1_000
  say(`starting Redis, OpenLDAP with ${people} people, and an agent`)
  await using system = await startSystem({ people, logLevel: 'info' })
  const nextPerson = everybodyInTurn(people, system.directory.password)
  await using broker = await openBrokerOfOk(system)
  await using direct = await openDirectLdap(system.directory)

  const rounds = quick ? 1 : 5
  const milliseconds = quick ? 100 : 2_000
  const viaAgent = (inFlight: number, during = milliseconds) =>
    keepInFlight(inFlight, { milliseconds: during, signal }, () => broker.verify(nextPerson()))
  const straight = (inFlight: number, during = milliseconds) =>
    keepInFlight(inFlight, { milliseconds: during, signal }, () => direct.verify(nextPerson()))

  say('warming up')
  await inTurns(
    1,
    () => viaAgent(32),
    () => straight(32),
  )
  const levels: Level[] = []
  for (const inFlight of [1, 32, 64]) {
    say(`${inFlight} in flight`)
    const turns = await inTurns(
      rounds,
      () => viaAgent(inFlight),
      () => straight(inFlight),
    )
    levels.push({ inFlight, agent: medians(turns.one), direct: medians(turns.other) })
  }
  return report(levels)
}

function report(levels: readonly Level[]): Report {
  const [alone, , busiest] = levels as readonly [Level, Level, Level]
  const perSecond = rounded(busiest.agent.perSecond)
  const direct = rounded(busiest.direct.perSecond)
  const ratio = rounded(busiest.agent.perSecond / busiest.direct.perSecond, 3)
  const addedP50Ms = rounded(alone.agent.p50 - alone.direct.p50, 2)
  return {
    result: { perSecond, direct, ratio, addedP50Ms, levels: levels.map(inNumbers) },
    targets: [
      { name: 'perSecond', value: perSecond, least: 1_000 },
      { name: 'ratio', value: ratio, least: 0.15 },
      { name: 'addedP50Ms', value: addedP50Ms, most: 3 },
    ],
    table: [
      ['in flight', 'checks/s', 'p50 ms', 'p99 ms', 'direct/s', 'p50 ms', 'p99 ms', 'ratio'],
      ...levels.map(row),
    ],
  }
}

function inNumbers({ inFlight, agent, direct }: Level) {
  const numbers = ({ perSecond, p50, p99 }: Measured) => {
    return { perSecond: rounded(perSecond), p50Ms: rounded(p50, 2), p99Ms: rounded(p99, 2) }
  }
  const ratio = rounded(agent.perSecond / direct.perSecond, 3)
  return { inFlight, agent: numbers(agent), direct: numbers(direct), ratio }
}

function row({ inFlight, agent, direct }: Level): string[] {
  const cells = ({ perSecond, p50, p99 }: Measured) => [
    perSecond.toFixed(0),
    p50.toFixed(2),
    p99.toFixed(2),
  ]
  const ratio = (agent.perSecond / direct.perSecond).toFixed(3)
  return [String(inFlight), ...cells(agent), ...cells(direct), ratio]
}
