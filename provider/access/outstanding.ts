import type { Control, Requirement } from './decision.ts'

/** What a session has shown so far, and what this sign-in could still be asked for. */
export interface Shown {
  /** All that it comes to: whoever has shown a strong factor has shown `mfa`, too. */
  readonly satisfied: readonly Control[]
  /** A client that shows no page of ours can be asked for nothing. */
  readonly available: readonly Control[]
}

export type Outstanding =
  | { readonly next: 'nothing' }
  | { readonly next: 'ask'; readonly control: Control; readonly requirement: Requirement }
  /** What is missing cannot be had here: nothing of it is available. */
  | {
      readonly next: 'refuse'
      readonly controls: readonly Control[]
      readonly requirement: Requirement
    }

/**
 * PURE. The one thing to ask for next, so that a step-up asks only for what is missing: over all
 * requirements what costs the person least and shuts out a thief soonest. Of several that would do
 * (`OR`) the first available one.
 */
export function outstanding(requirements: readonly Requirement[], shown: Shown): Outstanding {
  const open = requirements.filter((requirement) => !isMet(requirement, shown.satisfied))
  const hopeless = open.find((requirement) => options(requirement, shown).length === 0)
  if (hopeless) {
    const controls = missing(hopeless, shown.satisfied)
    return { next: 'refuse', controls, requirement: hopeless }
  }
  const candidates = open.flatMap((requirement) =>
    options(requirement, shown).map((control) => ({ control, requirement })),
  )
  const [first] = candidates.toSorted((a, b) => rank(a.control) - rank(b.control))
  return first ? { next: 'ask', ...first } : { next: 'nothing' }
}

/** True if what was shown is enough for a requirement. */
export function isMet(requirement: Requirement, satisfied: readonly Control[]): boolean {
  const left = missing(requirement, satisfied).length
  return requirement.operator === 'AND' ? left === 0 : left < requirement.controls.length
}

/** What may be asked for next: nothing if a control that is needed can never be met here. */
function options(requirement: Requirement, { satisfied, available }: Shown): readonly Control[] {
  const left = missing(requirement, satisfied)
  const possible = left.filter((control) => available.includes(control))
  return requirement.operator === 'AND' && possible.length < left.length ? [] : possible
}

function missing({ controls }: Requirement, satisfied: readonly Control[]): readonly Control[] {
  return controls.filter((control) => !satisfied.includes(control))
}

const order = ['secondOpinion', 'authenticationStrength', 'mfa', 'passwordChange', 'termsOfUse']

// A strength before `mfa`, since meeting it meets both.
function rank(control: Control): number {
  return order.indexOf(control.split(':', 1)[0] ?? control)
}
