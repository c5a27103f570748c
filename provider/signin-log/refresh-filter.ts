import type { AccessRecord, SignInRecord } from './sign-in-record.ts'

/** Milliseconds. */
const within = 3_600_000

/** Beyond, it begins anew: then some are kept twice. */
const most = 10_000

/**
 * Apps refresh their tokens all day, a hundred times as often as people sign in. What is worth
 * keeping is a refresh that policies refuse, or would if the report-only ones were enabled; and of
 * those that are alike one an hour.
 * @returns true for whatever else it is given
 */
export function createRefreshFilter(): (record: SignInRecord) => boolean {
  let seen = new Set<string>()
  let hour = 0
  return (record) => {
    if (record.kind !== 'refresh') return true
    if (record.isLetIn && record.reportOnly === undefined) return false
    const now = Math.floor(record.at / within)
    if (now !== hour || seen.size >= most) seen = new Set()
    hour = now
    const isNew = !seen.has(alike(record))
    seen.add(alike(record))
    return isNew
  }
}

function alike({
  sub,
  clientId,
  clientAddress,
  decision,
  reportOnly,
  applied,
}: AccessRecord): string {
  const policies = applied.map(({ policy }) => policy)
  return JSON.stringify([sub, clientId, clientAddress, decision, reportOnly, policies])
}
