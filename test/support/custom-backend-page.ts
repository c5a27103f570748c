import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { root } from './source-files.ts'

const execute = promisify(execFile)

/** Writes the programs of `docs/custom-backend.md` into a folder, as they stand there. */
export async function writeCustomBackend(page: string, folder: string): Promise<void> {
  const text = await readFile(page, 'utf8')
  const blocks = [...text.matchAll(/^```js\n\/\/ (\S+)\n(.*?)^```$/gms)]
  expect(blocks.map(([, name]) => name)).to.deep.equal(['payroll.js', 'payroll.test.js'])
  for (const [, name = '', program = ''] of blocks) await writeFile(join(folder, name), program)
}

/** Runs the page's test of its example; rejects if that fails. */
export function runCustomBackend(folder: string, url: string): Promise<{ stdout: string }> {
  const mocha = join(root, 'node_modules/mocha/bin/mocha.js')
  return execute(process.execPath, [mocha, 'payroll.test.js'], {
    cwd: folder,
    env: { ...process.env, PAYROLL_URL: url },
  })
}

/** That all of the suite has run, and nothing failed. */
export function expectPassed({ stdout }: { stdout: string }): void {
  expect(Number(/(\d+) passing/.exec(stdout)?.[1])).to.be.greaterThan(30)
  expect(stdout).not.to.match(/failing|pending/)
}
