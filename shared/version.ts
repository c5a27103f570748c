import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'

/** Of this software, as its package says. The file is found from source and from `dist` alike. */
export const version: string = readVersion()

function readVersion(): string {
  const file = findPackageJSON(import.meta.url)
  if (file === undefined) return 'unknown'
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
