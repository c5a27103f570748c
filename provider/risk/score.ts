import { type FactName, levelPoints, type RiskLevel, type RiskRule, riskRules } from './rules.ts'

/** Facts by how many of each there are. What is left out could not be told, and counts nothing. */
export type RiskFacts = Readonly<Partial<Record<FactName, number>>>

/** One fact's share of a score. */
export interface RiskReason {
  /** A name of `rules.ts`, or `module`. */
  readonly fact: string
  /** 0 to 100. */
  readonly points: number
  readonly text: string
}

export interface RiskScore {
  readonly level: RiskLevel
  readonly points: number
  /** Those that gave points, most first. */
  readonly because: readonly RiskReason[]
}

/** What a module of the customer's own adds. */
export interface MoreReasons {
  readonly signIn: readonly RiskReason[]
  readonly user: readonly RiskReason[]
}

/** PURE. A fact more, or more of one, never makes a level lower. */
export function score(
  facts: RiskFacts,
  more: MoreReasons = { signIn: [], user: [] },
): { readonly signIn: RiskScore; readonly user: RiskScore } {
  return {
    signIn: scoreOf([...reasons('signIn', facts), ...more.signIn]),
    user: scoreOf([...reasons('user', facts), ...more.user]),
  }
}

/** PURE. The one that is more of a risk. */
export function higher(a: RiskScore, b: RiskScore | undefined): RiskScore {
  return b !== undefined && b.points > a.points ? b : a
}

/** PURE. `medium, 55 points: newCountry 30, unknownDevice 25`. */
export function scoreText({ level, points, because }: RiskScore): string {
  const shares = because.map((reason) => `${reason.fact} ${reason.points}`)
  return shares.length === 0
    ? `${level}, 0 points`
    : `${level}, ${points} points: ${shares.join(', ')}`
}

function reasons(about: RiskRule['about'], facts: RiskFacts): RiskReason[] {
  const strongest = new Map<FactName, RiskReason>()
  for (const { fact, points, text, ...rule } of riskRules) {
    const counts = rule.about === about && (facts[fact] ?? 0) >= rule.from
    if (counts && points > (strongest.get(fact)?.points ?? 0)) {
      strongest.set(fact, { fact, points, text })
    }
  }
  return [...strongest.values()]
}

function scoreOf(all: readonly RiskReason[]): RiskScore {
  const because = all
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || a.fact.localeCompare(b.fact, 'en'))
  const points = because.reduce((sum, reason) => sum + reason.points, 0)
  const level = levelPoints.findLast(({ from }) => points >= from)?.level ?? 'none'
  return { level, points, because }
}
