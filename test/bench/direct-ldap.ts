import { readFile } from 'node:fs/promises'
import { Client, EqualityFilter, OrFilter } from 'ldapts'
import type { OpenldapServer } from '../support/start-openldap.ts'
import type { Person } from './sign-in.ts'

/**
 * The yardstick: the LDAP library alone. A service account searches on connections of its own, and
 * people are bound on others, as many of each as an agent has by default; nothing else.
 */
export interface DirectLdap extends AsyncDisposable {
  /** @throws if the directory does not find the person or refuses the password */
  verify(person: Person): Promise<void>
}

const searchConnections = 8
const bindConnections = 16
const attributes = ['entryUUID', 'cn', 'givenName', 'sn', 'mail', 'telephoneNumber', 'memberOf']

export async function openDirectLdap(directory: OpenldapServer): Promise<DirectLdap> {
  const ca = await readFile(directory.caFile, 'utf8')
  const servicePassword = (await readFile(directory.servicePasswordFile, 'utf8')).trimEnd()
  const connect = () => new Client({ url: directory.ldapsUrl, tlsOptions: { ca } })
  const searching = Array.from({ length: searchConnections }, connect)
  const binding = Array.from({ length: bindConnections }, connect)
  await Promise.all(searching.map((client) => client.bind(directory.serviceDn, servicePassword)))
  const searchPool = createPool(searching)
  const bindPool = createPool(binding)

  async function find(username: string): Promise<string> {
    const filter = new OrFilter({
      filters: [
        new EqualityFilter({ attribute: 'uid', value: username.replace(/@.*/, '') }),
        new EqualityFilter({ attribute: 'mail', value: username }),
      ],
    })
    const options = { scope: 'sub', filter, sizeLimit: 2, attributes } as const
    const { searchEntries } = await searchPool((client) => client.search(directory.baseDn, options))
    const [entry] = searchEntries
    if (entry === undefined) throw new Error(`nobody is ${username}`)
    return entry.dn
  }

  return {
    verify: async ({ username, password }) => {
      const dn = await find(username)
      await bindPool((client) => client.bind(dn, password))
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...searching, ...binding].map((client) => client.unbind()))
    },
  }
}

type Pool<T> = <R>(use: (one: T) => Promise<R>) => Promise<R>

/** Each is used by one at a time; who finds none free waits in line. */
function createPool<T>(all: readonly T[]): Pool<T> {
  const free = [...all]
  const waiting: ((one: T) => void)[] = []
  return async (use) => {
    const one = free.pop() ?? (await new Promise<T>((resolve) => waiting.push(resolve)))
    try {
      return await use(one)
    } finally {
      const next = waiting.shift()
      if (next === undefined) free.push(one)
      else next(one)
    }
  }
}
