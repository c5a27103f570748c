#!/usr/bin/env node
// The `postern` command, and the only place that imports both sides: `provider/` and `agent/` meet
// here in local mode, and nowhere else. Nothing imports this folder.
import module from 'node:module'
import { dirname, join } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 12)) {
  console.error(`postern: needs Node 24.12 or newer; this is ${process.versions.node}.`)
  process.exit(1)
}

// Compiled code is kept in the package's own folder. Node's default is one in /tmp that any user of
// the machine could have made first, with code of theirs in it.
const root = dirname(module.findPackageJSON(import.meta.url) ?? '.')
module.enableCompileCache(join(root, 'node_modules', '.cache', 'postern'))

const { run } = await import('./commands.ts')
await run(process.argv)
