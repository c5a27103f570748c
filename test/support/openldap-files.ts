import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { baseDn, openldapPeople, password, resetDn, serviceDn } from './openldap-people.ts'

/** What a slapd is started with; each name is a path. */
export interface OpenldapFiles {
  readonly settings: string
  readonly caFile: string
  readonly servicePasswordFile: string
}

/** Who may change everything in the directory; the password is the same. */
export const adminDn: string = `cn=admin,${baseDn}`

/** Who may read how slapd is doing. */
export const monitorDn = 'cn=admin,cn=Monitor'
export const monitorPassword = 'admin-of-the-test'

const execute = promisify(execFile)

/** Writes settings, certificates and data into a folder, from nothing, in a fraction of a second. */
export async function writeOpenldap(
  folder: string,
  { people, crowd, certificateFor }: { people: number; crowd: number; certificateFor: string },
): Promise<OpenldapFiles> {
  const at = (name: string) => join(folder, name)
  const files = {
    settings: at('slapd.conf'),
    caFile: at('ca.pem'),
    servicePasswordFile: at('service.password'),
  }
  await mkdir(at('db'))
  await Promise.all([
    writeCertificates(folder, certificateFor),
    writeFile(files.settings, slapdConf(folder)),
    writeFile(files.servicePasswordFile, `${password}\n`, { mode: 0o600 }),
    writeFile(at('people.ldif'), openldapPeople(people, crowd)),
  ])
  await execute(
    'slapadd',
    ['-q', '-f', files.settings, '-b', baseDn, '-l', at('people.ldif')],
    inSbin,
  )
  return files
}

// Debian keeps slapd's programs where an ordinary user's PATH does not look.
export const inSbin: { env: NodeJS.ProcessEnv } = {
  env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
}

/** A certificate from an authority that signs nothing else. */
async function writeCertificates(folder: string, names: string): Promise<void> {
  const at = (name: string) => join(folder, name)
  const make = (key: string, certificate: string, args: string) =>
    execute('openssl', [
      ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30'.split(' '),
      '-keyout',
      at(key),
      '-out',
      at(certificate),
      ...args.split(' '),
    ])
  await make('ca.key', 'ca.pem', '-subj /CN=Lab-CA')
  const authority = `-CA ${at('ca.pem')} -CAkey ${at('ca.key')}`
  const extensions = `-addext subjectAltName=${names} -addext basicConstraints=critical,CA:FALSE`
  await make('server.key', 'server.pem', `-subj /CN=ldap.lab.test ${authority} ${extensions}`)
}

function slapdConf(folder: string): string {
  return `
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/nis.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
moduleload memberof
TLSCACertificateFile ${folder}/ca.pem
TLSCertificateFile ${folder}/server.pem
TLSCertificateKeyFile ${folder}/server.key
TLSVerifyClient never
password-hash {SSHA}

database mdb
suffix ${baseDn}
rootdn ${adminDn}
rootpw ${monitorPassword}
directory ${folder}/db
maxsize 1073741824
envflags nosync writemap nometasync
index objectClass,uid,mail,member,uniqueMember,memberUid,memberOf,entryUUID eq
access to attrs=userPassword by dn.exact="${resetDn}" write by self write by anonymous auth by * none
access to * by dn.exact="${serviceDn}" read by dn.exact="${resetDn}" read by self read by * none
limits dn.exact="${serviceDn}" size.soft=500 size.prtotal=unlimited
overlay memberof
overlay ppolicy
ppolicy_default cn=default,ou=policies,${baseDn}
ppolicy_use_lockout

database monitor
rootdn ${monitorDn}
rootpw ${monitorPassword}
access to * by * none
`
}
