import type { z } from 'zod'
import { nearest } from './nearest.ts'

/**
 * What is wrong with a setting, in words for whoever edits the file: zod's findings without zod's
 * terms. A schema that knows better gives its own message, which wins over this one.
 *
 * For `unrecognized_keys` there is one line a key, in the order of the keys.
 */
export function plainWords(issue: Issue): string {
  const words = phrases[issue.code] as (issue: Issue) => string
  return words(issue)
}

type Issue = z.core.$ZodRawIssue
type Phrases = {
  readonly [Code in Issue['code']]: (issue: Extract<Issue, { code: Code }>) => string
}

const phrases: Phrases = {
  invalid_type: (issue) => wrongType(issue.expected, issue.input),
  too_small: (issue) => outOfBounds(issue.origin, Number(issue.minimum), 'least'),
  too_big: (issue) => outOfBounds(issue.origin, Number(issue.maximum), 'most'),
  invalid_format: (issue) => formats[issue.format] ?? 'is not written in the expected form',
  not_multiple_of: ({ divisor }) =>
    divisor === 1 ? 'must be a whole number' : `must divide by ${divisor}`,
  unrecognized_keys: (issue) =>
    issue.keys.map((key) => unknownKey(key, knownKeys(issue))).join('\n'),
  invalid_value: (issue) => oneOf(issue.values, issue.input),
  // Reached for unions told apart by one setting alone; `findings` looks into the others.
  invalid_union: (issue) => oneOf((issue['options'] ?? []) as unknown[], discriminator(issue)),
  invalid_key: () => 'is not a valid name',
  invalid_element: () => 'has an entry that is not valid',
  custom: () => 'is not valid',
}

const types: Readonly<Record<string, string>> = {
  string: 'must be text',
  number: 'must be a number',
  int: 'must be a whole number',
  boolean: 'must be true or false',
  array: 'must be a list',
  object: 'must be a group of settings',
  record: 'must be a group of names with their values',
}

const formats: Readonly<Record<string, string>> = {
  url: 'must be a full address, such as https://id.example.com',
  ipv4: 'must be an IPv4 address',
  ipv6: 'must be an IPv6 address',
  cidrv4: 'must be an IPv4 range, such as 10.0.0.0/8',
  cidrv6: 'must be an IPv6 range, such as fd00::/8',
  email: 'must be a mail address',
  base64: 'must be base64',
  base64url: 'must be base64url',
}

function wrongType(expected: string, input: unknown): string {
  if (input === undefined) return 'is missing'
  if (input === null) return 'has no value'
  const words = types[expected] ?? 'is not valid'
  // YAML reads 0123, 1.10 and yes-like words as something else than the text they look like.
  const unquoted = expected === 'string' && typeof input !== 'object'
  return unquoted ? `${words}; put it in quotes` : words
}

function outOfBounds(origin: string, bound: number, which: 'least' | 'most'): string {
  if (origin === 'string' && which === 'least' && bound === 1) return 'must not be empty'
  if (origin === 'array' && which === 'least' && bound === 1) return 'must list at least one'
  if (origin === 'string') return `must have at ${which} ${bound} characters`
  if (origin === 'array' || origin === 'set') return `must list at ${which} ${bound}`
  return `must be at ${which} ${bound}`
}

function unknownKey(key: string, known: readonly string[]): string {
  const meant = nearest(key, known)
  if (meant !== undefined) return `is not a setting; did you mean "${meant}"?`
  return `is not a setting; known here: ${known.join(', ')}`
}

function oneOf(values: readonly unknown[], input: unknown): string {
  if (input === undefined) return 'is missing'
  const known = values.map(String)
  const meant = typeof input === 'string' ? nearest(input, known) : undefined
  const hint = meant === undefined ? '' : `; did you mean "${meant}"?`
  return known.length === 1 ? `must be ${known[0]}` : `must be one of ${known.join(', ')}${hint}`
}

// The schema that found the issue is on the raw issue alone, and its keys are what a person may
// have meant. Only objects find unknown keys.
function knownKeys(issue: Issue): readonly string[] {
  const def = issue.inst?._zod.def as { shape?: object } | undefined
  return Object.keys(def?.shape ?? {})
}

function discriminator(issue: Issue): unknown {
  const input = issue.input as Record<string, unknown> | undefined
  return input?.[String(issue['discriminator'])]
}
