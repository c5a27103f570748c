import { readFile } from 'node:fs/promises'
import { Client, escapeFilter } from 'ldapts'
import { password } from './openldap-people.ts'

/** Reads the immutable ids of people, as the service account. */
export function idsBy(
  directory: { ldapsUrl: string; caFile: string; baseDn: string; serviceDn: string },
  attributes: { name: string; id: string },
): (person: string) => Promise<Buffer> {
  return async (person) => {
    const ca = await readFile(directory.caFile, 'utf8')
    const client = new Client({ url: directory.ldapsUrl, tlsOptions: { ca } })
    try {
      await client.bind(directory.serviceDn, password)
      const { searchEntries } = await client.search(directory.baseDn, {
        filter: `(${attributes.name}=${escapeFilter`${person}`})`,
        attributes: [attributes.id],
        explicitBufferAttributes: [attributes.id],
      })
      return searchEntries[0]?.[attributes.id] as Buffer
    } finally {
      await client.unbind()
    }
  }
}
