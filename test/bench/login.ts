import { clientSecret, startSystem } from '../support/start-system.ts'
import { startBare } from './announced-process.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { inTurns, keepInFlight, type Measured, medians } from './in-flight.ts'
import { everybodyInTurn } from './people.ts'
import { type App, discover, signIn } from './sign-in.ts'
import { rounded } from './statistics.ts'

/** Whole sign-ins, from the authorization request to the tokens. */
export const login: Benchmark = {
  about: 'completed sign-ins through the whole path, beside bare oidc-provider with its own pages',
  run,
}

// As many as `verify` has in its middle. Ours waits for an agent and a directory in between, so with
// few in flight the processors stand idle now and then, and the rate says less of what it costs.
const inFlight = 32

async function run({ quick, signal, say }: BenchmarkOptions): Promise<Report> {
  const people = quick ? 10 : 1_000
  say(
    `starting Redis, OpenLDAP with ${people} people, an agent, a provider, and bare oidc-provider`,
  )
  await using system = await startSystem({ people, logLevel: 'info' })
  await using bare = await startBare()
  const client = { clientId: 'test-app', clientSecret }
  const ours = await discover(system.issuer, client)
  const theirs = await discover(bare.announced.issuer, client)
  const nextPerson = everybodyInTurn(people, system.directory.password)
  const requests = {
    ours: await signIn(ours, nextPerson()),
    bare: await signIn(theirs, nextPerson()),
  }

  const measure = (app: App, milliseconds: number) =>
    keepInFlight(inFlight, { milliseconds, signal }, async () => {
      await signIn(app, nextPerson())
    })
  const turns = (rounds: number, milliseconds: number) =>
    inTurns(
      rounds,
      () => measure(ours, milliseconds),
      () => measure(theirs, milliseconds),
    )
  say('warming up')
  await turns(1, quick ? 100 : 4_000)
  say(`${inFlight} sign-ins in flight`)
  const { one, other } = quick ? await turns(1, 200) : await turns(5, 5_000)
  return report({ ours: medians(one), bare: medians(other), requests })
}

function report({
  ours,
  bare,
  requests,
}: {
  ours: Measured
  bare: Measured
  requests: { ours: number; bare: number }
}): Report {
  const perSecond = rounded(ours.perSecond)
  const ratio = rounded(ours.perSecond / bare.perSecond, 3)
  const details = ({ p50, p95, p99 }: Measured) => {
    return { p50Ms: rounded(p50, 1), p95Ms: rounded(p95, 1), p99Ms: rounded(p99, 1) }
  }
  const row = (name: string, sent: number, one: Measured): string[] => {
    const times = [one.p50, one.p95, one.p99].map((time) => time.toFixed(1))
    return [name, one.perSecond.toFixed(0), ...times, String(sent)]
  }
  return {
    result: {
      perSecond,
      bare: rounded(bare.perSecond),
      ratio,
      inFlight,
      details: {
        postern: { ...details(ours), requestsPerSignIn: requests.ours },
        bare: { ...details(bare), requestsPerSignIn: requests.bare },
      },
    },
    targets: [{ name: 'ratio', value: ratio, least: 0.7 }],
    table: [
      ['', 'sign-ins/s', 'p50 ms', 'p95 ms', 'p99 ms', 'requests each'],
      row('postern', requests.ours, ours),
      row('bare oidc-provider', requests.bare, bare),
    ],
  }
}
