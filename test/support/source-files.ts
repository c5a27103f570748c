import { globSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository as text: its TypeScript files, and who imports what. */
export interface SourceFile {
  /** From the repository's root, with slashes. */
  readonly path: string
  readonly text: string
  /** The text without comments, for rules about what code says. */
  readonly code: string
}

export interface Import {
  readonly from: string
  /** A file's path, a package's name, or `node:…`. */
  readonly to: string
  readonly kind: 'file' | 'package' | 'node'
}

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** @param folders of the repository, searched to the bottom */
export function sourceFiles(...folders: string[]): SourceFile[] {
  const found = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }))
  return found.toSorted().map((path) => {
    const text = readFileSync(join(root, path), 'utf8')
    return { path, text, code: withoutComments(text) }
  })
}

/** Static, type-only, re-exported and dynamic imports. The formatter keeps the quotes uniform. */
export function importsOf({ path, code }: SourceFile): Import[] {
  const patterns = [
    /^(?:import|export)\b[^'"`;]*?\bfrom\s+'([^']+)'/gm,
    /^import\s+'([^']+)'/gm,
    /\bimport\(\s*'([^']+)'\s*\)/g,
  ]
  return patterns
    .flatMap((pattern) => [...code.matchAll(pattern)])
    .map(([, specifier = '']) => ({ from: path, ...target(path, specifier) }))
}

function target(path: string, specifier: string): Pick<Import, 'to' | 'kind'> {
  if (specifier.startsWith('.')) {
    return { to: normalize(join(path, '..', specifier)), kind: 'file' }
  }
  if (specifier.startsWith('node:') || builtinModules.includes(specifier)) {
    return { to: specifier, kind: 'node' }
  }
  const words = specifier.split('/')
  const name = words.slice(0, specifier.startsWith('@') ? 2 : 1).join('/')
  return { to: name, kind: 'package' }
}

// Good enough for a rule: a comment sign inside a string hides at most the rest of that line.
function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}
