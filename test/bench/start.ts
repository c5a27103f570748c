import { readFile } from 'node:fs/promises'
import { platform } from 'node:os'
import { type AnnouncedProcess, startAnnounced, startBare } from './announced-process.ts'
import type { Benchmark, BenchmarkOptions, Report } from './benchmark.ts'
import { inTurns } from './in-flight.ts'
import { discover, type Person, signIn } from './sign-in.ts'
import { median, rounded } from './statistics.ts'

/** How long a developer waits for local mode, and what it takes of their machine. */
export const start: Benchmark = {
  about: 'seconds until local mode answers discovery and its memory, beside bare oidc-provider',
  run,
}

interface Started {
  readonly seconds: number
  /** Resident, right after the start and after one sign-in; 0 where there is no /proc. */
  readonly megabytes: number
  readonly megabytesAfterSignIn: number
}

async function run({ quick, signal, say }: BenchmarkOptions): Promise<Report> {
  if (!hasProc) say('memory is read from /proc, which only Linux has: it is left out here')
  say('starting each in turn; the first time fills the caches and does not count')
  const turns = (rounds: number) => inTurns(rounds, () => startLocal(signal), startBareOnce)
  if (!quick) await turns(1)
  const { one, other } = await turns(quick ? 1 : 7)
  return report(middle(one), middle(other))
}

interface Local {
  readonly issuer: string
  readonly clients: readonly { client_id: string; client_secret?: string }[]
  readonly users: readonly (Person & { outcome: string })[]
}

async function startLocal(signal: AbortSignal): Promise<Started> {
  signal.throwIfAborted()
  return measured<Local>(
    () => startAnnounced(['cli/main.ts', 'local', '--port', '0', '--json']),
    (local) => {
      const client = local.clients.find(({ client_secret }) => client_secret !== undefined)
      const person = local.users.find(({ outcome }) => outcome === 'ok')
      if (client?.client_secret === undefined || person === undefined) {
        throw new Error('local mode has no client or nobody who can sign in')
      }
      return { clientId: client.client_id, clientSecret: client.client_secret, person }
    },
  )
}

function startBareOnce(): Promise<Started> {
  const person = { username: 'anybody', password: 'anything' }
  const client = { clientId: 'test-app', clientSecret: 'a-secret-of-the-test-app' }
  return measured(startBare, () => ({ ...client, person }))
}

async function measured<T extends { issuer: string }>(
  begin: () => Promise<AnnouncedProcess<T>>,
  whoAndWhere: (announced: T) => { clientId: string; clientSecret: string; person: Person },
): Promise<Started> {
  const began = performance.now()
  await using started = await begin()
  const { issuer } = started.announced
  const { person, ...client } = whoAndWhere(started.announced)
  const app = await discover(issuer, client)
  const seconds = (performance.now() - began) / 1000
  const megabytes = await residentMegabytes(started.pid)
  await signIn(app, person)
  return { seconds, megabytes, megabytesAfterSignIn: await residentMegabytes(started.pid) }
}

const hasProc = platform() === 'linux'

async function residentMegabytes(pid: number): Promise<number> {
  if (!hasProc) return 0
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024
}

function middle(all: readonly Started[]): Started {
  const of = (name: keyof Started): number => median(all.map((one) => one[name]))
  return {
    seconds: of('seconds'),
    megabytes: of('megabytes'),
    megabytesAfterSignIn: of('megabytesAfterSignIn'),
  }
}

function report(local: Started, bare: Started): Report {
  const seconds = rounded(local.seconds, 2)
  const memory = (megabytes: number): number | undefined => {
    return hasProc ? rounded(megabytes) : undefined
  }
  const megabytes = memory(local.megabytes)
  const row = (name: string, one: Started): string[] => {
    const sizes = [one.megabytes, one.megabytesAfterSignIn].map((size) => size.toFixed(0))
    return [name, one.seconds.toFixed(2), ...(hasProc ? sizes : ['?', '?'])]
  }
  return {
    result: {
      seconds,
      megabytes,
      bareSeconds: rounded(bare.seconds, 2),
      bareMegabytes: memory(bare.megabytes),
      afterSignIn: {
        megabytes: memory(local.megabytesAfterSignIn),
        bareMegabytes: memory(bare.megabytesAfterSignIn),
      },
    },
    targets: [
      { name: 'seconds', value: seconds, most: 1.5 },
      ...(megabytes === undefined ? [] : [{ name: 'megabytes', value: megabytes, most: 150 }]),
    ],
    table: [
      ['', 'seconds', 'MB', 'MB after a sign-in'],
      row('postern local', local),
      row('bare oidc-provider', bare),
    ],
  }
}
