import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { systemClock } from '../../../shared/clock.ts'
import { formerPassword, password, zoePassword } from '../openldap-people.ts'
import { onceInARun } from '../run-folder.ts'

/** What a Samba is started with; each name is a path. */
export interface SambaFiles {
  readonly settings: string
  readonly caFile: string
  readonly servicePasswordFile: string
  /** objectGUID of `ok`. */
  readonly idOfOk: string
  /** Milliseconds since the epoch: what its people have to do by when counts from it. */
  readonly madeAt: number
}

const execute = promisify(execFile)

// Samba's Python modules are for Debian's Python; and what it writes to disk is thrown away soon.
const { PYTHONPATH: _, PYTHONHOME: __, ...own } = process.env
export const sambaEnvironment: NodeJS.ProcessEnv = {
  ...own,
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  TDB_NO_FSYNC: '1',
}

/**
 * Makes a domain `lab.test`: a copy of the one that is made in each run of all tests, so its people
 * have the ids of those in other copies.
 * @param options.own makes it from nothing, in some five seconds
 */
export async function writeSamba(
  folder: string,
  { address, own: isOwn = false }: { address: string; own?: boolean },
): Promise<SambaFiles> {
  const at = (name: string) => join(folder, name)
  if (isOwn) await makeDomain(folder)
  else await cp(await preparedDomain(), folder, { recursive: true })
  const settings = at('etc/smb.conf')
  await mkdir(at('tls'))
  await Promise.all([
    writeFile(settings, smbConf(folder, address)),
    writeFile(at('service.password'), `${password}\n`, { mode: 0o600 }),
    writeCertificates(at('tls'), address),
  ])
  return {
    settings,
    caFile: at('tls/ca.pem'),
    servicePasswordFile: at('service.password'),
    ...(JSON.parse(await readFile(at('made.json'), 'utf8')) as Made),
  }
}

/** The folder of the domain that is copied. */
export function preparedDomain(): Promise<string> {
  return onceInARun('samba', makeDomain)
}

type Made = Pick<SambaFiles, 'idOfOk' | 'madeAt'>

/** What a domain controller keeps, with nothing in it of where it stands or where it listens. */
async function makeDomain(folder: string): Promise<void> {
  const at = (name: string) => join(folder, name)
  const run = (command: string, args: readonly string[]) =>
    execute(command, [...args], { env: sambaEnvironment })
  const settings = at('etc/smb.conf')
  await mkdir(at('etc'))
  // Else the machine's own settings would be merged in.
  await writeFile(at('empty.conf'), '[global]\n')
  await run('samba-tool', [
    ...'domain provision -q --realm=LAB.TEST --domain=LAB --host-name=dc1'.split(' '),
    ...'--server-role=dc --dns-backend=NONE --adminpass=Adm1n-Passw0rd!'.split(' '),
    `--configfile=${at('empty.conf')}`,
    `--targetdir=${folder}`,
    '--host-ip=127.0.0.1',
    '--option=interfaces=127.0.0.1/8',
    '--option=bind interfaces only=yes',
  ])
  await rm(settings)
  await writeFile(settings, smbConf(folder, '127.0.0.1'))
  const script = join(import.meta.dirname, 'people.py')
  const passwords = [password, zoePassword, formerPassword]
  const { stdout } = await run('/usr/bin/python3', [script, settings, ...passwords])
  const made: Made = { idOfOk: stdout.trim(), madeAt: systemClock.now() }
  await writeFile(at('made.json'), JSON.stringify(made))
}

async function writeCertificates(folder: string, address: string): Promise<void> {
  const at = (name: string) => join(folder, name)
  const make = (key: string, certificate: string, args: readonly string[]) =>
    execute('openssl', [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30'.split(' '),
      '-keyout',
      at(key),
      '-out',
      at(certificate),
      ...args,
    ])
  await make('ca.key', 'ca.pem', ['-subj', '/CN=Lab-CA'])
  const authority = `-subj /CN=dc1.lab.test -CA ${at('ca.pem')} -CAkey ${at('ca.key')}`
  const names = `subjectAltName=DNS:dc1.lab.test,DNS:localhost,IP:${address}`
  const extensions = `-addext ${names} -addext basicConstraints=critical,CA:FALSE`
  await make('key.pem', 'cert.pem', `${authority} ${extensions}`.split(' '))
}

function smbConf(folder: string, address: string): string {
  return `[global]
netbios name = DC1
realm = LAB.TEST
workgroup = LAB
server role = active directory domain controller
server services = ldap
interfaces = ${address}/8
bind interfaces only = yes
ldap server require strong auth = yes
old password allowed period = 0
cache directory = ${folder}/cache
lock directory = ${folder}/run
pid directory = ${folder}/run
ncalrpc dir = ${folder}/run/ncalrpc
winbindd socket directory = ${folder}/run/winbindd
ntp signd socket directory = ${folder}/run/ntp
binddns dir = ${folder}/bind-dns
private dir = ${folder}/private
state directory = ${folder}/state
log file = ${folder}/samba.log
logging = file
log level = 1
max log size = 0
tls enabled = yes
tls cafile = ${folder}/tls/ca.pem
tls certfile = ${folder}/tls/cert.pem
tls keyfile = ${folder}/tls/key.pem
`
}
