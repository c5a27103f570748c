import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { agents } from './agents.ts'
import { type Benchmark, isMet, type Report } from './benchmark.ts'
import { directory } from './directory.ts'
import { login } from './login.ts'
import { policies } from './policies.ts'
import { start } from './start.ts'
import { verify } from './verify.ts'

const benchmarks: Readonly<Record<string, Benchmark>> = {
  verify,
  login,
  start,
  agents,
  policies,
  directory,
}

const usage = `Usage: npm run bench -- NAME [--json] [--quick]

${Object.entries(benchmarks)
  .map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
  .join('\n')}

  --json   print nothing but the last line, one JSON object
  --quick  show that it works; what it measures is worth nothing

The exit code is 0 when it could measure, whether or not a target is met.`

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean' } },
  })
  const [name = ''] = positionals
  const benchmark = benchmarks[name]
  if (benchmark === undefined || positionals.length > 1) {
    console.error(usage)
    process.exitCode = 2
    return
  }
  const stop = new AbortController()
  endOnSignal(stop)
  const say = (text: string) => {
    if (!values.json) console.error(`${name}: ${text}`)
  }
  const options = { quick: values.quick ?? false, signal: stop.signal, say }
  const report = await benchmark.run(options).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
    process.exit(130)
  })
  if (!values.json) console.log(readable(name, report))
  console.log(JSON.stringify(line(name, report)))
}

// What runs is stopped in order; at the second signal the processes are killed with this one.
function endOnSignal(stop: AbortController): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130)
      stop.abort(new Error('stopped'))
    })
  }
}

function line(name: string, { result, targets }: Report): object {
  const judged = targets.map((target) => {
    const { name: what, value: _, ...bounds } = target
    return [what, { ...bounds, met: isMet(target) }]
  })
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.versions.node,
  }
  return { benchmark: name, ...result, targets: Object.fromEntries(judged) as object, machine }
}

function readable(name: string, { table, targets }: Report): string {
  const widths = (table[0] ?? []).map((_, column) =>
    Math.max(...table.map((row) => row[column]?.length ?? 0)),
  )
  const rows = table.map((row) =>
    row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
    ),
  )
  const verdicts = targets.map((target) => {
    const bound = target.least === undefined ? `at most ${target.most}` : `at least ${target.least}`
    return `${isMet(target) ? 'met   ' : 'MISSED'}  ${target.name} ${target.value}, ${bound}`
  })
  return ['', name, ...rows.map((row) => row.join('  ')), '', ...verdicts, ''].join('\n')
}

await main()
