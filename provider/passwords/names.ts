/** PURE. Names that a password must not have in it: `jane.doe@corp.example` is Jane, and Doe. */
export function namesOfPerson(username: string): readonly string[] {
  const [name = ''] = username.replace(/^.*\\/, '').split('@')
  return [name, ...name.split(/[^\p{L}\p{N}]+/u)]
}

/** PURE. The words of an organization's name. */
export function namesOfOrganization(name: string): readonly string[] {
  return name.split(/\s+/)
}
