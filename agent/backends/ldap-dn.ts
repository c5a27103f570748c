/**
 * The value of a DN's first RDN, which for a group is its common name.
 * @param dn as in RFC 4514: `cn=Doe\\, Jane,ou=groups,dc=corp` gives `Doe, Jane`
 * @returns `undefined` if the text is no DN
 */
export function firstRdnValue(dn: string): string | undefined {
  const [, value] = /^[^=,+]+= *((?:\\[\s\S]|[^\\,+])*)/.exec(dn) ?? []
  return value === undefined || value === '' ? undefined : unescape(value)
}

// Hex pairs are bytes of UTF-8 and may stand in a row for one letter (RFC 4514 section 2.4).
function unescape(value: string): string {
  return value.replace(/(?:\\[\da-f]{2})+|\\([\s\S])/gi, (escaped, single: string | undefined) => {
    return single ?? Buffer.from(escaped.replaceAll('\\', ''), 'hex').toString('utf8')
  })
}
