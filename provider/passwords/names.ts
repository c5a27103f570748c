/**
 * PURE. Names that a password must not have in it: `jane.doe@corp.example` is Jane, and Doe.
 * @param fullName what else the person is known to be called; see `fullNameIn`
 */
export function namesOfPerson(username: string, fullName = ''): readonly string[] {
  const [name = ''] = username.replace(/^.*\\/, '').split('@')
  return [name, ...wordsOf(name), ...wordsOf(fullName)]
}

/** PURE. What the claims of a person's account say they are called (OpenID Connect Core 5.1). */
export function fullNameIn(claims: Readonly<Record<string, unknown>>): string {
  const names = [claims['name'], claims['given_name'], claims['family_name']]
  return names.filter((name) => typeof name === 'string').join(' ')
}

function wordsOf(text: string): readonly string[] {
  return text.split(/[^\p{L}\p{N}]+/u)
}

/** PURE. The words of an organization's name. */
export function namesOfOrganization(name: string): readonly string[] {
  return name.split(/\s+/)
}
