import { type System, startSystem } from '../support/start-system.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { type BrokerOfOk, openBrokerOfOk } from './broker-of-ok.ts'
import { inTurns, keepInFlight, type Measured, medians } from './in-flight.ts'
import { everybodyInTurn } from './people.ts'
import type { Person } from './sign-in.ts'
import { rounded } from './statistics.ts'

/** The same password checks in a small directory and in a large one. */
export const directory: Benchmark = {
  about: 'password checks in an OpenLDAP of 100,000 people, beside one of 1,000',
  run,
}

interface Level {
  readonly inFlight: number
  readonly few: Measured
  readonly many: Measured
}

async function run({ quick, signal, say }: BenchmarkOptions): Promise<Report> {
  const [few, many] = quick ? [10, 100] : [1_000, 100_000]
  say(`starting Redis, OpenLDAP and an agent twice: with ${few} people, and with ${many}`)
  await using small = await opened(few)
  await using large = await opened(many)
  // Many short ones: the difference is smaller than what a busy machine adds to either.
  const rounds = quick ? 1 : 20
  const milliseconds = quick ? 100 : 1_000
  const checking = ({ broker, nextPerson }: Opened, inFlight: number) =>
    keepInFlight(inFlight, { milliseconds, signal }, () => broker.verify(nextPerson()))
  const turns = (inFlight: number, times: number) =>
    inTurns(
      times,
      () => checking(small, inFlight),
      () => checking(large, inFlight),
    )
  say('warming up')
  await turns(32, 1)
  const levels: Level[] = []
  for (const inFlight of [1, 64]) {
    say(`${inFlight} in flight`)
    const { one, other } = await turns(inFlight, rounds)
    levels.push({ inFlight, few: medians(one), many: medians(other) })
  }
  return report(levels, [few, many])
}

interface Opened extends AsyncDisposable {
  readonly broker: BrokerOfOk
  readonly nextPerson: () => Person
}

async function opened(people: number): Promise<Opened> {
  await using ends = new AsyncDisposableStack()
  const system: System = ends.use(await startSystem({ people, logLevel: 'info' }))
  const nextPerson = everybodyInTurn(people, system.directory.password)
  const broker = ends.use(await openBrokerOfOk(system))
  const started = ends.move()
  return { broker, nextPerson, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

function report(levels: readonly Level[], [few, many]: readonly [number, number]): Report {
  const ratioOf = (level: Level) => rounded(level.many.perSecond / level.few.perSecond, 3)
  const [, busiest] = levels as readonly [Level, Level]
  const ratio = ratioOf(busiest)
  const numbers = ({ perSecond, p50, p99 }: Measured) => {
    return { perSecond: rounded(perSecond), p50Ms: rounded(p50, 2), p99Ms: rounded(p99, 2) }
  }
  return {
    result: {
      people: [few, many],
      perSecond: rounded(busiest.many.perSecond),
      ratio,
      levels: levels.map((level) => {
        const { inFlight } = level
        return {
          inFlight,
          few: numbers(level.few),
          many: numbers(level.many),
          ratio: ratioOf(level),
        }
      }),
    },
    targets: [{ name: 'ratio', value: ratio, least: 0.9 }],
    table: [
      ['in flight', `${few}: checks/s`, 'p50 ms', `${many}: checks/s`, 'p50 ms', 'ratio'],
      ...levels.map((level) => [
        String(level.inFlight),
        level.few.perSecond.toFixed(0),
        level.few.p50.toFixed(2),
        level.many.perSecond.toFixed(0),
        level.many.p50.toFixed(2),
        ratioOf(level).toFixed(3),
      ]),
    ],
  }
}
