import type { Listed } from './policy-sets.ts'
import type { AccessRecord, AppliedPolicy } from './sign-in-record.ts'

/**
 * What one policy did, or would have done. Each sign-in counts once: as blocked, asked, met, limited,
 * not sure or untouched. What another policy did with it does not matter.
 */
export interface PolicyFindings {
  readonly policy: string
  readonly state: string
  /** Sign-ins that it was asked about. */
  readonly signIns: number
  readonly blocked: number
  readonly asked: number
  /** Of those: for what, as `mfa` or `mfa or termsOfUse:guests`. */
  readonly controls: Counts
  /** What it asks for had been shown already. */
  readonly met: number
  /** It applied, and only limits sessions. */
  readonly limited: number
  /** It applied because something was not known. */
  readonly notSure: number
  /** Of those: what was not known, by condition. */
  readonly unknown: Counts
  /** Of those: what came of it, `block`, `limit`, or as in `controls`. */
  readonly notSureWants: Counts
  readonly untouched: number
  /** Refreshes of tokens that it stood against; of the same app and person one an hour. */
  readonly refreshes: number
  /** Whom it blocked, asked, or was not sure of; most sign-ins first. */
  readonly people: readonly CountedPerson[]
  /** By `client_id`, in the same order. */
  readonly apps: Counts
  /** The newest. */
  readonly examples: readonly AccessExample[]
}

/** In the order of their numbers. */
export type Counts = Readonly<Record<string, number>>

export interface CountedPerson {
  readonly sub: string
  readonly user?: string
  readonly signIns: number
}

export interface AccessExample
  extends Pick<
    AccessRecord,
    'at' | 'reference' | 'sub' | 'user' | 'clientId' | 'clientAddress' | 'isLetIn'
  > {
  /** `block`, or what is asked for. */
  readonly wants: string
  readonly unknown?: readonly string[]
}

const mostExamples = 5

/** @returns to be told of each record, newest first */
export function createFindings({ policy, state }: Listed): {
  add(record: AccessRecord, applied: AppliedPolicy | undefined): void
  all(): PolicyFindings
} {
  const counted = { blocked: 0, asked: 0, met: 0, limited: 0, notSure: 0, untouched: 0 }
  const [controls, unknown, notSureWants, apps] = [tally(), tally(), tally(), tally()]
  const people = new Map<string, CountedPerson>()
  const examples: AccessExample[] = []
  let refreshes = 0

  function touch(record: AccessRecord, applied: AppliedPolicy): void {
    const { sub, user } = record
    const before = people.get(sub)
    const name = before?.user ?? user
    const signIns = (before?.signIns ?? 0) + 1
    people.set(sub, { sub, ...(name !== undefined && { user: name }), signIns })
    apps.add(record.clientId)
    if (examples.length < mostExamples) examples.push(example(record, applied))
  }

  function explain(what: Kind, applied: AppliedPolicy): void {
    if (what === 'asked') controls.add(wantsText(applied))
    if (what !== 'notSure') return
    notSureWants.add(wantsText(applied))
    for (const condition of applied.unknown ?? []) unknown.add(condition)
  }

  return {
    add: (record, applied) => {
      if (record.kind === 'refresh') {
        if (applied !== undefined && applied.wants !== 'limit') refreshes += 1
        return
      }
      const what = kindOf(applied)
      counted[what] += 1
      if (applied === undefined || !isInTheWay.has(what)) return
      touch(record, applied)
      explain(what, applied)
    },
    all: () => {
      const { blocked, asked, met, limited, notSure, untouched } = counted
      return {
        policy,
        state,
        signIns: blocked + asked + met + limited + notSure + untouched,
        ...counted,
        controls: controls.all(),
        unknown: unknown.all(),
        notSureWants: notSureWants.all(),
        refreshes,
        people: [...people.values()].toSorted((one, other) => other.signIns - one.signIns),
        apps: apps.all(),
        examples,
      }
    },
  }
}

const isInTheWay: ReadonlySet<Kind> = new Set<Kind>(['blocked', 'asked', 'notSure'])

type Kind = 'blocked' | 'asked' | 'met' | 'limited' | 'notSure' | 'untouched'

function kindOf(applied: AppliedPolicy | undefined): Kind {
  if (applied === undefined) return 'untouched'
  if (applied.unknown !== undefined) return 'notSure'
  if (applied.wants === 'block') return 'blocked'
  if (applied.wants === 'limit') return 'limited'
  return applied.isMet ? 'met' : 'asked'
}

function wantsText({ wants, isEither }: AppliedPolicy): string {
  return typeof wants === 'string' ? wants : wants.join(isEither ? ' or ' : ' and ')
}

function example(record: AccessRecord, applied: AppliedPolicy): AccessExample {
  const { at, reference, sub, user, clientId, clientAddress, isLetIn } = record
  const who = { sub, ...(user !== undefined && { user }) }
  const why = applied.unknown && { unknown: applied.unknown }
  return {
    at,
    reference,
    ...who,
    clientId,
    clientAddress,
    isLetIn,
    wants: wantsText(applied),
    ...why,
  }
}

function tally(): { add(name: string): void; all(): Counts } {
  const counts = new Map<string, number>()
  return {
    add: (name) => void counts.set(name, (counts.get(name) ?? 0) + 1),
    all: () => Object.fromEntries([...counts].toSorted(([, one], [, other]) => other - one)),
  }
}
