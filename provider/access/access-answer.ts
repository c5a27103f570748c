import type { Control, Decision } from './decision.ts'
import { outstanding, type Shown, type Skips } from './outstanding.ts'

/** What becomes of somebody after policies have decided: in, out, or asked for one thing more. */
export type AccessAnswer =
  | { readonly next: 'nothing' }
  | {
      readonly next: 'ask'
      readonly control: Control
      readonly reasons: readonly string[]
      /** Left out if it cannot be put off. */
      readonly skips?: Skips
    }
  | { readonly next: 'refuse'; readonly refusal: AccessRefusal }

/** Why somebody is not let in. */
export interface AccessRefusal {
  /** `unmet`: a policy asks for what cannot be shown here. */
  readonly because: 'blocked' | 'unmet'
  /** Those that say so, by name. */
  readonly policies: readonly string[]
  /** What they tell the person. */
  readonly reasons: readonly string[]
}

/** PURE. */
export function accessAnswer(decision: Decision, shown: Shown): AccessAnswer {
  const { result, blockedBy, requirements } = decision
  if (result === 'block') return { next: 'refuse', refusal: refusal('blocked', blockedBy) }
  const open = outstanding(requirements, shown)
  if (open.next === 'nothing') return open
  const { requirement } = open
  if (open.next === 'refuse') return { next: 'refuse', refusal: refusal('unmet', [requirement]) }
  const { control, skips } = open
  const reasons = reasonsOf([requirement])
  return { next: 'ask', control, reasons, ...(skips !== undefined && { skips }) }
}

interface Said {
  readonly policy: string
  readonly reason?: string
}

function refusal(because: AccessRefusal['because'], demands: readonly Said[]): AccessRefusal {
  return { because, policies: demands.map(({ policy }) => policy), reasons: reasonsOf(demands) }
}

function reasonsOf(demands: readonly Said[]): readonly string[] {
  return [...new Set(demands.flatMap(({ reason }) => reason ?? []))]
}
