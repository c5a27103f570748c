import { createFindings, type PolicyFindings } from './policy-findings.ts'
import type { Listed } from './policy-sets.ts'
import type { AccessRecord } from './sign-in-record.ts'

/** What policies did with the sign-ins of a time, and what report-only ones would have done. */
export interface PolicyReport {
  readonly signIns: number
  readonly people: number
  /** By policies that were enabled. */
  readonly refused: number
  /** Sign-ins that the report-only policies together would have changed. */
  readonly changed: { readonly block: number; readonly ask: number }
  /** Report-only ones first, then by name. One whose state was changed stands there twice. */
  readonly policies: readonly PolicyFindings[]
}

/**
 * PURE.
 * @param records oldest first; those without policies count as sign-ins alone
 * @param sets the policies that were asked, by the names that records have for them
 */
export function policyReport(
  records: readonly AccessRecord[],
  sets: ReadonlyMap<string, readonly Listed[]>,
): PolicyReport {
  const signIns = records.filter(({ kind }) => kind === 'authorization')
  const findings = new Map<string, ReturnType<typeof createFindings>>()
  for (const record of records.toReversed()) {
    const applied = new Map(record.applied.map((one) => [one.policy, one]))
    for (const listed of sets.get(record.policySet ?? '') ?? []) {
      const key = `${isWatched(listed) ? 0 : 1}/${listed.policy}`
      const found = findings.get(key) ?? createFindings(listed)
      findings.set(key, found)
      found.add(record, applied.get(listed.policy))
    }
  }
  const would = (decided: string): number =>
    signIns.filter(({ reportOnly }) => reportOnly === decided).length
  return {
    signIns: signIns.length,
    people: new Set(signIns.map(({ sub }) => sub)).size,
    refused: signIns.filter(({ isLetIn }) => !isLetIn).length,
    changed: { block: would('block'), ask: would('ask') },
    policies: [...findings]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, found]) => found.all()),
  }
}

function isWatched({ state }: Listed): boolean {
  return state !== 'enabled'
}
