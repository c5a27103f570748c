import type { Control, Requirement } from './decision.ts'

/** What a session has shown so far, and what this sign-in could still be asked for. */
export interface Shown {
  /** All that it comes to: whoever has shown a strong factor has shown `mfa`, too. */
  readonly satisfied: readonly Control[]
  /** A client that shows no page of ours can be asked for nothing. */
  readonly available: readonly Control[]
  /** How often they have put off setting up a second factor; left out of whoever has one. */
  readonly putOffs?: number
  /** They have done so in this session. */
  readonly isPutOff?: boolean
}

/** How often setting up a second factor can be put off. */
export interface Skips {
  /** This time counted. */
  readonly left: number
  /** With those of before. */
  readonly most: number
}

export type Outstanding =
  | { readonly next: 'nothing' }
  | {
      readonly next: 'ask'
      readonly control: Control
      readonly requirement: Requirement
      /** Left out if it cannot be put off. */
      readonly skips?: Skips
    }
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
  const open = requirements.filter((requirement) => !isMet(requirement, shown))
  const hopeless = open.find((requirement) => options(requirement, shown).length === 0)
  if (hopeless) {
    const controls = missing(hopeless, shown)
    return { next: 'refuse', controls, requirement: hopeless }
  }
  const candidates = open.flatMap((requirement) =>
    options(requirement, shown).map((control) => ({ control, requirement })),
  )
  const [first] = candidates.toSorted((a, b) => rank(a.control) - rank(b.control))
  if (first === undefined) return { next: 'nothing' }
  const skips = isFactor(first.control) ? skipsOf(open, shown) : undefined
  return { next: 'ask', ...first, ...(skips && { skips }) }
}

/** Of all that ask for a second factor the strictest counts. */
function skipsOf(open: readonly Requirement[], shown: Shown): Skips | undefined {
  const { putOffs } = shown
  if (putOffs === undefined) return undefined
  const asking = open.filter((requirement) => missing(requirement, shown).some(isFactor))
  const most = Math.min(...asking.map(({ skips = 0 }) => skips))
  return most > putOffs ? { left: most - putOffs, most } : undefined
}

/** True if what was shown is enough for a requirement. */
function isMet(requirement: Requirement, shown: Shown): boolean {
  const left = missing(requirement, shown).length
  return requirement.operator === 'AND' ? left === 0 : left < requirement.controls.length
}

/** What may be asked for next: nothing if a control that is needed can never be met here. */
function options(requirement: Requirement, shown: Shown): readonly Control[] {
  const left = missing(requirement, shown)
  const possible = left.filter((control) => shown.available.includes(control))
  return requirement.operator === 'AND' && possible.length < left.length ? [] : possible
}

function missing(
  { controls, skips = 0 }: Requirement,
  { satisfied, isPutOff = false, putOffs = Infinity }: Shown,
): readonly Control[] {
  const isSpared = isPutOff && putOffs <= skips
  return controls.filter(
    (control) => !satisfied.includes(control) && !(isSpared && isFactor(control)),
  )
}

/** Whether a second factor is what is asked for. */
function isFactor(control: Control): boolean {
  return control === 'mfa' || control.startsWith('authenticationStrength:')
}

const order = ['secondOpinion', 'authenticationStrength', 'mfa', 'passwordChange', 'termsOfUse']

// A strength before `mfa`, since meeting it meets both.
function rank(control: Control): number {
  return order.indexOf(control.split(':', 1)[0] ?? control)
}
