import { execFileSync, spawnSync } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/**
 * The servers and the browser that tests run against: no test fakes them, so they have to be here.
 * On Debian as root what is missing is installed; elsewhere a person is told what to install.
 */
const needed: readonly { readonly debian: string; readonly command?: string }[] = [
  { debian: 'redis-server', command: 'redis-server' },
  { debian: 'slapd', command: 'slapd' },
  { debian: 'slapd-contrib' },
  { debian: 'ldap-utils', command: 'ldapsearch' },
  { debian: 'samba', command: 'samba' },
  { debian: 'samba-ad-provision' },
  { debian: 'samba-dsdb-modules' },
  { debian: 'samba-vfs-modules' },
  { debian: 'winbind' },
  { debian: 'attr' },
  { debian: 'python3-markdown' },
  { debian: 'python3-setproctitle' },
  { debian: 'dnsmasq-base', command: 'dnsmasq' },
  { debian: 'openssl', command: 'openssl' },
  { debian: 'oathtool', command: 'oathtool' },
  { debian: 'curl', command: 'curl' },
  { debian: 'procps', command: 'ps' },
  { debian: 'tinyproxy-bin', command: 'tinyproxy' },
  { debian: 'chromium', command: 'chromium' },
  { debian: 'fonts-dejavu-core' },
]

/** @returns why tests cannot run here, in one line; `undefined` when all is there */
export function ensureSystemPackages(): string | undefined {
  if (!existsSync('/etc/debian_version')) return missingCommands()
  const missing = missingPackages()
  if (missing.length === 0) return undefined
  const names = missing.join(' ')
  if (process.getuid?.() !== 0) return `as root: apt-get install --no-install-recommends ${names}`
  console.log(`installs ${names}`)
  withoutStartingServices(() => install(missing))
  const still = missingPackages().join(' ')
  return still === '' ? undefined : `apt-get could not install ${still}`
}

function missingPackages(): string[] {
  const names = needed.map(({ debian }) => debian)
  const format = '${Package} ${db:Status-Status}\\n'
  // It fails when it does not know one of them, and prints the others all the same.
  const { stdout } = spawnSync('dpkg-query', ['-W', '-f', format, ...names], { encoding: 'utf8' })
  const installed = new Set(stdout.split('\n'))
  return names.filter((name) => !installed.has(`${name} installed`))
}

function missingCommands(): string | undefined {
  const commands = needed.flatMap(({ command }) => command ?? [])
  const missing = commands.filter((command) => !isInPath(command))
  return missing.length === 0 ? undefined : `please install ${missing.join(', ')}`
}

function isInPath(command: string): boolean {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/libexec']
  return folders.some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function install(packages: readonly string[]): void {
  // Its questions would wait for an answer, and its default directory is not ours to keep.
  const answers = 'slapd slapd/no_configuration boolean true\n'
  execFileSync('debconf-set-selections', { input: answers })
  const wanted = ['install', '--yes', '--no-install-recommends', ...packages]
  // A fresh machine has no lists, a kept one old lists; both show only when a package is asked for.
  const tried = aptGet(wanted)
  const failed = tried && (aptGet(['update']) ?? aptGet(wanted))
  if (failed === undefined) keepFromBooting(packages)
  else console.error(failed)
}

/** @returns what it complained about, if it failed */
function aptGet(parameters: readonly string[]): string | undefined {
  const quiet = ['-qq', '-o', 'DPkg::Lock::Timeout=120', '-o', 'Dpkg::Use-Pty=0']
  const { status, stderr } = spawnSync('apt-get', [...quiet, ...parameters], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return status === 0 ? undefined : stderr
}

const policy = '/usr/sbin/policy-rc.d'

/**
 * Debian starts a service when its package is installed, unless this file says no. Tests start
 * their own on free ports; one on the usual port would be in somebody's way.
 */
function withoutStartingServices(run: () => void): void {
  const kept = `${policy}.before-postern-tests`
  const had = existsSync(policy)
  if (had) renameSync(policy, kept)
  writeFileSync(policy, '#!/bin/sh\nexit 101\n')
  chmodSync(policy, 0o755)
  try {
    run()
  } finally {
    if (had) renameSync(kept, policy)
    else rmSync(policy)
  }
}

/** Services by the package that they come with. */
const startedAtBoot: Readonly<Record<string, readonly string[]>> = {
  slapd: ['slapd'],
  'redis-server': ['redis-server'],
  samba: ['smbd', 'nmbd', 'samba-ad-dc'],
  winbind: ['winbind'],
}

function keepFromBooting(packages: readonly string[]): void {
  const services = packages.flatMap((name) => startedAtBoot[name] ?? [])
  // Without systemd there is nothing to keep from booting.
  for (const name of services) spawnSync('systemctl', ['disable', '--quiet', name])
}
