import { escapeFilter, type Filter, FilterParser } from 'ldapts'
import { Fault } from '../../shared/fault.ts'

/** What a person typed, with the realm's suffix and without it. */
export interface TypedName {
  readonly username: string
  readonly localName: string
}

/**
 * @param template a filter with `{username}` or `{localName}` in it, which stand for plain text
 *   and never for syntax: escaped as RFC 4515 section 3 says
 * @throws Fault `settings` if the template is no filter
 */
export function createUserFilter(template: string): (name: TypedName) => Filter {
  const pieces = template.split(/\{(username|localName)\}/)
  const filterFor = (name: TypedName): Filter => {
    // Odd pieces are what the parentheses above caught.
    const filled = pieces.map((piece, index) =>
      index % 2 === 0 ? piece : escapeFilter`${name[piece as keyof TypedName]}`,
    )
    return FilterParser.parseString(filled.join(''))
  }
  try {
    filterFor({ username: 'name', localName: 'name' })
  } catch {
    throw new Fault('settings', `userFilter: not a filter as in RFC 4515: ${template}`)
  }
  return filterFor
}
