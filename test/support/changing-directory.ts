import { password, resetDn } from './openldap-people.ts'
import { startSamba } from './samba/start-samba.ts'
import { startOpenldap } from './start-openldap.ts'

/** A directory in which people change their passwords, as the backend of a whole system. */
export interface ChangingDirectory extends AsyncDisposable {
  /** For `startSystem`: realm `lab` may change passwords, and the agent of realm `fixed` may not. */
  readonly backends: Readonly<Record<'lab' | 'fixed', Record<string, unknown>>>
  /** Of everybody. */
  readonly password: string
}

export async function startChangingOpenldap(): Promise<ChangingDirectory> {
  const directory = await startOpenldap({ people: 1 })
  const backend = {
    type: 'ldap',
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: resetDn,
    bindPasswordFile: directory.servicePasswordFile,
    baseDn: directory.baseDn,
  }
  return inBothRealms(backend, () => directory.stop())
}

export async function startChangingSamba(): Promise<ChangingDirectory> {
  const directory = await startSamba()
  const backend = {
    type: 'active-directory',
    domain: 'lab.test',
    netbiosName: 'LAB',
    signInNames: ['sAMAccountName'],
    urls: [directory.ldapsUrl],
    caFile: directory.caFile,
    bindDn: directory.serviceDn,
    bindPasswordFile: directory.servicePasswordFile,
  }
  return inBothRealms(backend, async () => directory[Symbol.asyncDispose]())
}

function inBothRealms(
  backend: Record<string, unknown>,
  stop: () => Promise<void>,
): ChangingDirectory {
  return {
    backends: { lab: { ...backend, changePasswords: true }, fixed: backend },
    password,
    [Symbol.asyncDispose]: stop,
  }
}
