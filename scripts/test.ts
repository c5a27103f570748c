import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureSystemPackages } from './system-packages.ts'

/**
 * `npm test`: everything there is to check, from a fresh clone. The last line is mocha's own count,
 * `N passed, N failed`; the exit code says whether all of it, types and style included, is right.
 */
const checks: readonly (readonly [command: string, ...parameters: string[]])[] = [
  ['tsc'],
  ['tsc', '-p', 'browser'],
  ['oxlint', '--type-aware'],
  ['biome', 'check'],
]

// As many as the smallest machine that runs these tests has cores. Each file starts its own servers
// on free ports, so files do not know of each other.
const jobs = '2'
const mocha = ['mocha', '--parallel', '--jobs', jobs, 'test/**/*.test.ts'] as const

const reporter = ['--reporter', 'test/support/counting-reporter.ts']

const obstacle = ensureSystemPackages()
if (obstacle !== undefined) {
  console.error(`npm test: ${obstacle}`)
  process.exit(1)
}

// What test files share of what takes long to make; see `test/support/run-folder.ts`.
const runFolder = mkdtempSync(join(tmpdir(), 'postern-tests-'))
process.env['TEST_RUN_FOLDER'] = runFolder
// Some hundred processes are started, each from the same sources.
process.env['NODE_COMPILE_CACHE'] = join(runFolder, 'compiled')
const prepared = once(
  spawn(process.execPath, ['test/support/samba/prepare.ts'], { stdio: 'inherit' }),
  'exit',
)

const checked = checks.map((check) => {
  const right = succeeds(...check)
  if (!right) console.error(`npm test: ${check[0]} found something to mend`)
  return right
})
// Should it have failed, the first test that needs it tries again, and says why.
await prepared
// Nothing is printed after it: the counts are the last line.
const tested = succeeds(...mocha, ...reporter)
rmSync(runFolder, { recursive: true, force: true })
process.exitCode = tested && checked.every(Boolean) ? 0 : 1

// npm has put node_modules/.bin first in PATH.
function succeeds(command: string, ...parameters: readonly string[]): boolean {
  const { status, error } = spawnSync(command, parameters, { stdio: 'inherit' })
  if (error) throw error
  return status === 0
}
