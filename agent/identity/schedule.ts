/**
 * When an agent asks the provider for a new certificate, or how things are. Pure: the loop in
 * `renewal.ts` does what is decided here.
 */
export interface Standing {
  readonly state: 'pending' | 'approved' | 'draining' | 'quarantined'
  /** Milliseconds since the epoch. */
  readonly certificateBegins: number
  readonly certificateEnds: number
  /** Whether the certificate names other realms than the provider says are ours. */
  readonly realmsDiffer: boolean
  /** Times in a row that the provider could not be asked. */
  readonly failures: number
}

/** Milliseconds. */
const whilePending = 5_000
const whileQuarantined = 30_000
const refresh = 60 * 60_000
const firstRetry = 2_000
const longestRetry = 5 * 60_000
const longestRetryWhilePending = 30_000

/** When it is due, which is at two thirds of its life or, so that agents do not all come at once, up to a twentieth earlier. */
export function renewalDue(standing: Standing, chance: number): number {
  const { certificateBegins, certificateEnds } = standing
  const life = certificateEnds - certificateBegins
  return certificateBegins + life * (2 / 3 - chance / 20)
}

/** Whether to ask for a certificate now, with a new key. */
export function wantsCertificate(standing: Standing, now: number, chance: number): boolean {
  if (standing.state === 'pending') return now >= renewalDue(standing, chance)
  return standing.realmsDiffer || now >= renewalDue(standing, chance)
}

/**
 * @param chance from 0 to 1; of this agent and certificate for when it is due
 * @param jitter from 0 to 1; new each time, spreads agents that have lost the provider together
 * @returns milliseconds until the next question
 */
export function nextAsk(
  standing: Standing,
  now: number,
  { chance, jitter }: { chance: number; jitter: number },
): number {
  const { state, failures } = standing
  if (failures > 0) {
    const most = state === 'pending' ? longestRetryWhilePending : longestRetry
    const wait = Math.min(firstRetry * 2 ** Math.min(failures - 1, 20), most)
    return Math.round((wait * (1 + jitter)) / 2)
  }
  if (state === 'pending') return Math.round(whilePending * (0.8 + 0.4 * jitter))
  if (state === 'quarantined') return Math.round(whileQuarantined * (0.8 + 0.4 * jitter))
  const due = Math.max(renewalDue(standing, chance) - now, firstRetry)
  return Math.round(Math.min(due, refresh * (0.9 + 0.2 * jitter)))
}

/** What is said while the end comes near: nothing at first, then now and then, then often. */
export type EndWarning =
  | { readonly kind: 'none' }
  | { readonly kind: 'ending' | 'endingSoon' | 'ended'; readonly again: number }

/** The certificate should have been renewed at two thirds; a sixth of its life later it is late. */
export function endWarning(standing: Standing, now: number): EndWarning {
  const { certificateBegins, certificateEnds } = standing
  const left = certificateEnds - now
  const life = certificateEnds - certificateBegins
  if (left <= 0) return { kind: 'ended', again: 10 * 60_000 }
  if (left < life / 14) return { kind: 'endingSoon', again: 10 * 60_000 }
  if (left < life / 6) return { kind: 'ending', again: 60 * 60_000 }
  return { kind: 'none' }
}
