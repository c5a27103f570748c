import type { Client, Entry } from 'ldapts'
import { filterOf, type NameRules, type Reading, readingsOf } from './active-directory-names.ts'
import type { AccountState } from './active-directory-state.ts'
import { valuesOf } from './ldap-claims.ts'
import type { Kind } from './ldap-directory.ts'

const stateAttributes = [
  'userAccountControl',
  'msDS-User-Account-Control-Computed',
  'accountExpires',
] as const

// For saying why a new password is refused.
const nameAttributes = ['sAMAccountName', 'displayName', 'pwdLastSet']

/**
 * Finds the entry that a typed name matches. One search asks for all readings of the name at once,
 * so that a name takes the same time whether anybody has it or not. Only where that finds several
 * entries do the readings count in their order: the first that is anybody's decides.
 *
 * @param attributes wanted beside those of the account's state
 */
export function createFindPerson(
  rules: NameRules,
  { baseDn, attributes }: { baseDn: string; attributes: readonly string[] },
): Kind['find'] {
  const wanted = [...new Set([...attributes, 'objectGUID', ...stateAttributes, ...nameAttributes])]

  async function search(client: Client, readings: readonly Reading[]): Promise<readonly Entry[]> {
    const { searchEntries } = await client.search(baseDn, {
      filter: filterOf(readings),
      attributes: wanted,
      explicitBufferAttributes: ['objectGUID'],
      sizeLimit: mostReadings,
    })
    return searchEntries
  }

  return (connection, typed) => {
    const readings = readingsOf(typed, rules)
    return connection.run('search', async (client) => {
      // An account that nobody has: the time it takes must not tell forms of names apart.
      if (readings.length === 0) return search(client, [nobodys])
      const found = await search(client, readings)
      if (found.length < 2) return found
      for (const reading of readings) {
        const entries = await search(client, [reading])
        if (entries.length > 0) return entries
      }
      return found
    })
  }
}

// Two would do to know that there are several; a server that finds more than the limit refuses.
const mostReadings = 50

const nobodys: Reading = { attribute: 'sAMAccountName', value: '?' }

export function stateOf(entry: Entry): AccountState {
  const values = valuesOf(entry)
  const [control, computed, expires] = stateAttributes.map((attribute) => values(attribute)[0])
  return {
    control: Number(control ?? 0),
    computed: Number(computed ?? 0),
    expires: BigInt(expires ?? 0),
  }
}
