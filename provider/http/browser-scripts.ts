import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Asset, createAsset } from './asset.ts'

/** The scripts that a page can ask for: the files of `browser/`. No page needs one to work, but for passkeys. */
export type ScriptName = (typeof names)[number]

const names = ['go-on', 'new-password', 'passkey', 'recovery-codes'] as const

/**
 * The scripts, each a module, and all that they import: TypeScript of ours as everything else, of
 * which the browser is sent what is left without the types. One and the same file, a rule for
 * passwords say, can so be run by the provider and in the browser.
 */
export const browserScripts: {
  readonly paths: Readonly<Record<ScriptName, string>>
  readonly modules: readonly Asset[]
} = loadAll()

function loadAll(): typeof browserScripts {
  // As this file is: TypeScript in the repository, and JavaScript in the package.
  const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js'
  const loaded = new Map<string, Asset>()
  const pathOf = (name: ScriptName) =>
    load(new URL(`../../browser/${name}${extension}`, import.meta.url), loaded).path
  const paths = Object.fromEntries(names.map((name) => [name, pathOf(name)]))
  return { paths: paths as Record<ScriptName, string>, modules: [...loaded.values()] }
}

/** A module, after what it imports: its own hash holds theirs. */
function load(file: URL, loaded: Map<string, Asset>): Asset {
  const known = loaded.get(file.href)
  if (known !== undefined) return known
  const code = javaScript(file).replace(
    /^((?:import|export)\b[^'"`;]*?\bfrom\s+|import\s+)'(\.[^']+)'/gm,
    (_, start: string, specifier: string) =>
      `${start}'${load(new URL(specifier, file), loaded).path}'`,
  )
  const name = `${basename(fileURLToPath(file)).replace(/\.[jt]s$/, '')}.js`
  const asset = createAsset(name, 'text/javascript; charset=utf-8', Buffer.from(code))
  loaded.set(file.href, asset)
  return asset
}

function javaScript(file: URL): string {
  const text = readFileSync(file, 'utf8')
  return file.href.endsWith('.ts') ? withoutTypes(text) : text
}

// Node says at the first call that this may still change. It is what Node does with every file of
// the repository anyway, so nobody who starts it needs to read that.
function withoutTypes(text: string): string {
  const emitWarning = process.emitWarning.bind(process)
  process.emitWarning = () => undefined
  try {
    return stripTypeScriptTypes(text)
  } finally {
    process.emitWarning = emitWarning
  }
}
