import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Makes `dist/`, which is what is published: Node strips no types below node_modules. The folders
 * keep their shape, so whatever code reads beside itself (styles, pictures, local people) is found
 * from source and from `dist` alike.
 */
const out = 'dist'
const folders = ['provider', 'agent', 'shared', 'cli', 'config']

rmSync(out, { recursive: true, force: true })
for (const project of ['tsconfig.build.json', 'browser/tsconfig.build.json']) {
  const { status } = spawnSync('tsc', ['-p', project], { stdio: 'inherit' })
  if (status !== 0) process.exit(1)
}

for (const file of globSync(folders.map((folder) => `${folder}/**/*.*`))) {
  if (!/\.(?:ts|md)$/.test(file)) cpSync(file, join(out, file))
}
