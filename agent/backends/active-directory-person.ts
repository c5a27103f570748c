import { type Client, type Entry, ResultCodeError } from 'ldapts'
import { filterOf, type NameRules, type Reading, readingsOf } from './active-directory-names.ts'
import { type AccountState, fromFileTime, never } from './active-directory-state.ts'
import { valuesOf } from './ldap-claims.ts'
import type { Kind } from './ldap-directory.ts'

const stateAttributes = [
  'userAccountControl',
  'msDS-User-Account-Control-Computed',
  'accountExpires',
] as const

// For saying why a new password is refused.
const nameAttributes = ['sAMAccountName', 'displayName', 'pwdLastSet']

const expiry = 'msDS-UserPasswordExpiryTimeComputed'

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
  const wanted = wantedWith(attributes)

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

/** Finds an account by its objectGUID, also after it has been renamed or moved. */
export function createFindAccount(attributes: readonly string[]): Kind['findById'] {
  const wanted = wantedWith(attributes)
  return (connection, id) =>
    connection.run('search', async (client) => {
      if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return undefined
      const options = { scope: 'base', attributes: wanted } as const
      const { searchEntries } = await client
        .search(`<GUID=${id}>`, { ...options, explicitBufferAttributes: ['objectGUID'] })
        .catch(noneIfGone)
      return searchEntries[0]
    })
}

/** RFC 4511 appendix A: noSuchObject, which is also said of what one may not see. */
export function noneIfGone(error: unknown): { searchEntries: Entry[] } {
  if (error instanceof ResultCodeError && error.code === 32) return { searchEntries: [] }
  throw error
}

function wantedWith(attributes: readonly string[]): string[] {
  return [...new Set([...attributes, 'objectGUID', expiry, ...stateAttributes, ...nameAttributes])]
}

/** Milliseconds since the epoch; `undefined` if the password has to be changed. */
export function passwordChangedAt(entry: Entry): number | undefined {
  const [changed = '0'] = valuesOf(entry)('pwdLastSet')
  return changed === '0' ? undefined : fromFileTime(BigInt(changed))
}

/** Milliseconds since the epoch; `undefined` if it never expires, or nobody says. */
export function passwordExpiresAt(entry: Entry): number | undefined {
  const time = BigInt(valuesOf(entry)(expiry)[0] ?? 0)
  return time <= 0n || time >= never ? undefined : fromFileTime(time)
}

export function stateOf(entry: Entry): AccountState {
  const values = valuesOf(entry)
  const [control, computed, expires] = stateAttributes.map((attribute) => values(attribute)[0])
  return {
    control: Number(control ?? 0),
    computed: Number(computed ?? 0),
    expires: BigInt(expires ?? 0),
  }
}
