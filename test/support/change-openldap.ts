import { Attribute, Change, Client } from 'ldapts'
import { adminDn, monitorPassword } from './openldap-files.ts'
import { baseDn } from './openldap-people.ts'
import type { OpenldapServer } from './start-openldap.ts'

/** What an admin does to a person while others are signed in. */
export interface OpenldapAdmin {
  /** Replaces an attribute of a person; without values it goes. */
  set(person: string, attribute: string, ...values: readonly string[]): Promise<void>
  remove(person: string): Promise<void>
  /** Makes a person a member of a group. */
  joins(person: string, group: string): Promise<void>
}

export function openldapAdmin({ url }: OpenldapServer): OpenldapAdmin {
  const dnOf = (person: string) => `uid=${person},ou=bulk,${baseDn}`
  return {
    set: (person, type, ...values) =>
      asAdmin(url, async (client) => {
        const modification = new Attribute({ type, values: [...values] })
        await client.modify(dnOf(person), new Change({ operation: 'replace', modification }))
      }),
    joins: (person, group) =>
      asAdmin(url, async (client) => {
        const modification = new Attribute({ type: 'member', values: [dnOf(person)] })
        const change = new Change({ operation: 'add', modification })
        await client.modify(`cn=${group},ou=groups,${baseDn}`, change)
      }),
    remove: (person) => asAdmin(url, (client) => client.del(dnOf(person))),
  }
}

async function asAdmin(url: string, act: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ url, timeout: 5_000 })
  try {
    await client.bind(adminDn, monitorPassword)
    await act(client)
  } finally {
    await client.unbind()
  }
}
