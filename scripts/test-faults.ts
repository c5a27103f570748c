import { spawnSync } from 'node:child_process'
import { ensureSystemPackages } from './system-packages.ts'

/** `npm run test:faults`: what happens when parts fail, in the long form. One file at a time, since they measure. */
const obstacle = ensureSystemPackages()
if (obstacle !== undefined) {
  console.error(`npm run test:faults: ${obstacle}`)
  process.exit(1)
}

const { status, error } = spawnSync('mocha', ['test/faults/**/*.test.ts', '--reporter', 'spec'], {
  stdio: 'inherit',
  env: { ...process.env, TEST_FORM: 'long' },
})
if (error) throw error
process.exitCode = status ?? 1
