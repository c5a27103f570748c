import { execFile } from 'node:child_process'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { formerPassword, password, zoePassword } from '../openldap-people.ts'

/** What a Samba is started with; each name is a path. */
export interface SambaFiles {
  readonly settings: string
  readonly caFile: string
  readonly servicePasswordFile: string
  /** objectGUID of `ok`. */
  readonly idOfOk: string
}

const execute = promisify(execFile)

// Samba's Python modules are for Debian's Python; and what it writes to disk is thrown away soon.
const { PYTHONPATH: _, PYTHONHOME: __, ...own } = process.env
export const sambaEnvironment: NodeJS.ProcessEnv = {
  ...own,
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  TDB_NO_FSYNC: '1',
}

/** Makes a domain `lab.test` from nothing, in some five seconds. */
export async function writeSamba(folder: string, address: string): Promise<SambaFiles> {
  const at = (name: string) => join(folder, name)
  const run = (command: string, args: readonly string[]) =>
    execute(command, [...args], { env: sambaEnvironment })
  const settings = at('etc/smb.conf')
  await Promise.all(['etc', 'tls'].map((name) => mkdir(at(name), { recursive: true })))
  // Else the machine's own settings would be merged in.
  await writeFile(at('empty.conf'), '[global]\n')
  await run('samba-tool', [
    ...'domain provision -q --realm=LAB.TEST --domain=LAB --host-name=dc1'.split(' '),
    ...'--server-role=dc --dns-backend=NONE --adminpass=Adm1n-Passw0rd!'.split(' '),
    `--configfile=${at('empty.conf')}`,
    `--targetdir=${folder}`,
    `--host-ip=${address}`,
    `--option=interfaces=${address}/8`,
    '--option=bind interfaces only=yes',
  ])
  await rm(settings)
  await Promise.all([
    writeFile(settings, smbConf(folder, address)),
    writeFile(at('service.password'), `${password}\n`, { mode: 0o600 }),
    writeCertificates(at('tls'), address),
  ])
  const script = join(import.meta.dirname, 'people.py')
  const passwords = [password, zoePassword, formerPassword]
  const { stdout } = await run('/usr/bin/python3', [script, settings, ...passwords])
  return {
    settings,
    caFile: at('tls/ca.pem'),
    servicePasswordFile: at('service.password'),
    idOfOk: stdout.trim(),
  }
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
