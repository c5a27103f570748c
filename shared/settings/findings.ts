import type { z } from 'zod'

/** One thing that a schema says about a value, before its place in the file is known. */
export interface Finding {
  readonly path: readonly PropertyKey[]
  readonly message: string
  /** The name is wrong, not the value. */
  readonly atKey?: boolean
}

/** Zod's issues as separate findings: one for each unknown key, and the fitting branch of a union. */
export function findings(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[] = [],
): Finding[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path]
    if (issue.code === 'unrecognized_keys') return unknownKeys(issue, path)
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return ofUnion(issue, path)
    if (issue.code === 'invalid_key') return badKey(issue, path)
    return [{ path, message: issue.message }]
  })
}

function unknownKeys(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  path: readonly PropertyKey[],
): Finding[] {
  const messages = issue.message.split('\n')
  return issue.keys.map((key, index) => ({
    path: [...path, key],
    message: messages[index] ?? issue.message,
    atKey: true,
  }))
}

function badKey(issue: z.core.$ZodIssueInvalidKey, path: readonly PropertyKey[]): Finding[] {
  const [why] = issue.issues
  return [{ path, message: `this name ${why?.message ?? 'is not valid'}`, atKey: true }]
}

/**
 * Of several shapes, the one that was meant is the one whose kind (text, list, group) fits and that
 * has the fewest findings; if no kind fits, all of them are named.
 */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Finding[] {
  const ofRightKind = issue.errors.filter((branch) => !branch.some(isWrongKind))
  const meant = ofRightKind
    .map((branch) => findings(branch, path))
    .toSorted((a, b) => a.length - b.length)[0]
  if (meant) return meant
  const messages = new Set(issue.errors.flatMap((branch) => branch.map(kindAlone)))
  return [{ path, message: [...messages].join(' or ').replaceAll(' or must be ', ' or ') }]
}

// Advice on one kind (`must be text; put it in quotes`) is none on several.
function kindAlone({ message }: z.core.$ZodIssue): string {
  return message.split(';')[0] ?? message
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  const byType = issue.code === 'invalid_type' || issue.code === 'invalid_value'
  return byType && issue.path.length === 0
}
