import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Adds to package-lock.json the packages of other platforms that npm could not look up when it was
 * written. A registry mirror that never served them answers 404, npm leaves them out without a
 * word, and `npm ci` then refuses the whole file, on every platform. Their versions stand in their
 * parents' entries and their platforms in their names; only the integrity cannot be known.
 */
export interface LockFile {
  readonly packages: Record<string, LockedPackage>
}

interface LockedPackage {
  readonly version?: string
  readonly dev?: true
  readonly license?: string
  readonly optional?: true
  readonly engines?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Optional packages that a locked package names and the lock file lacks. */
export function missingPackages(lock: LockFile): { name: string; parent: LockedPackage }[] {
  return Object.values(lock.packages).flatMap((parent) =>
    Object.keys(parent.optionalDependencies ?? {})
      .filter((name) => lock.packages[`node_modules/${name}`] === undefined)
      .map((name) => ({ name, parent })),
  )
}

function entry(name: string, parent: LockedPackage, sibling: LockedPackage): object {
  const words = (name.split('/').at(-1) ?? '').split('-')
  const known = (names: Record<string, string>): string[] =>
    words.flatMap((word) => names[word] ?? []).slice(0, 1)
  const [os, cpu, libc] = [known(systems), known(processors), known(libraries)]
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name}: for which platform?`)
  return {
    version: parent.optionalDependencies?.[name],
    cpu,
    ...(parent.dev && { dev: true }),
    ...(libc.length > 0 && os[0] === 'linux' && { libc }),
    license: sibling.license,
    optional: true,
    os,
    ...(sibling.engines && { engines: sibling.engines }),
  }
}

const same = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]))
const systems = same('android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32')
const processors = same('arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64')
const libraries = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl', musleabihf: 'musl' }

function complete(file: string): void {
  const lock = JSON.parse(readFileSync(file, 'utf8')) as LockFile
  const added = missingPackages(lock).map(({ name, parent }) => {
    const siblings = Object.keys(parent.optionalDependencies ?? {})
    const sibling = siblings.flatMap((each) => lock.packages[`node_modules/${each}`] ?? [])[0]
    return [`node_modules/${name}`, entry(name, parent, sibling ?? parent)] as const
  })
  if (added.length === 0) return
  const [root, ...others] = Object.entries(lock.packages)
  const sorted = [...others, ...added].toSorted(([a], [b]) => (a < b ? -1 : 1))
  const packages = Object.fromEntries([...(root ? [root] : []), ...sorted])
  writeFileSync(file, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`)
  console.log(`package-lock.json: ${added.length} packages of other platforms added`)
}

if (import.meta.main) complete('package-lock.json')
