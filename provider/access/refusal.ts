import type { Decision } from './decision.ts'
import { outstanding } from './outstanding.ts'

/** Why somebody is not let in. */
export interface AccessRefusal {
  /** `unmet`: a policy asks for what cannot be shown here, a second factor say. */
  readonly because: 'blocked' | 'unmet'
  /** Those that say so, by name. */
  readonly policies: readonly string[]
  /** What they tell the person. */
  readonly reasons: readonly string[]
}

/** PURE. `undefined` if nothing stands in the way. A password is all that can be shown so far. */
export function refusalOf(decision: Decision): AccessRefusal | undefined {
  const { result, blockedBy, requirements } = decision
  if (result === 'block') return refusal('blocked', blockedBy)
  const open = outstanding(requirements, { satisfied: [], available: [] })
  return open.next === 'refuse' ? refusal('unmet', [open.requirement]) : undefined
}

function refusal(
  because: AccessRefusal['because'],
  demands: readonly { readonly policy: string; readonly reason?: string }[],
): AccessRefusal {
  return {
    because,
    policies: demands.map(({ policy }) => policy),
    reasons: [...new Set(demands.flatMap(({ reason }) => reason ?? []))],
  }
}
