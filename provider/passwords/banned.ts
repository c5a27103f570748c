/**
 * The rule by which Microsoft Entra ID bans passwords, as it is published ("Password evaluation" in
 * "Eliminate bad passwords"): write it plainly, look for banned terms that are meant even if one
 * letter differs, and count what is left. PURE.
 */
export interface BannedTerms {
  /** Normalized, without repetition. */
  readonly all: readonly string[]
}

export interface BannedRules {
  readonly terms: BannedTerms
  /** Of the person and of the organization. */
  readonly names: readonly string[]
}

/** Points that a password needs: one for each banned term in it, one for each other letter. */
export const enough = 5

/** What is shorter is a part of too many words to be looked for. */
const shortestName = 4

// With one letter different a short term would be found in nearly every password.
const shortestFuzzy = 6

export function bannedTerms(terms: readonly string[]): BannedTerms {
  return { all: [...new Set(terms.map(normalize))].filter((term) => term !== '') }
}

/** @returns `undefined` if the password may be used */
export function whyBanned(
  password: string,
  { terms, names }: BannedRules,
): 'banned' | 'containsName' | undefined {
  const plain = normalize(password)
  const inIt = (name: string) => name.length >= shortestName && plain.includes(name)
  if (names.map(normalize).some(inIt)) return 'containsName'
  if (terms.all.some((term) => isNear(plain, term))) return 'banned'
  return score(plain, terms) < enough ? 'banned' : undefined
}

/** The points of a password, for those who want to show them as it is typed. */
export function scoreOf(password: string, terms: BannedTerms): number {
  return score(normalize(password), terms)
}

const lookalikes: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'l',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  $: 's',
  '@': 'a',
  '!': 'i',
}

/** Small letters, and those that signs and digits stand for. */
export function normalize(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[013457$@!]/g, (sign) => lookalikes[sign] ?? sign)
}

// The fewest points that any way to read it gives: at each place it is either one more letter, or
// the end of a term.
function score(plain: string, { all }: BannedTerms): number {
  const near = all.filter((term) => mayContain(plain, term))
  const points = [0]
  for (let end = 1; end <= plain.length; end += 1) {
    const before = [end - 1, ...near.flatMap((term) => startsOf(plain.slice(0, end), term))]
    points.push(1 + Math.min(...before.map((start) => points[start] ?? 0)))
  }
  return points[plain.length] ?? 0
}

/** Where a term may begin that ends where the text does. */
function startsOf(text: string, term: string): readonly number[] {
  const starts = lengthsOf(term).map((length) => text.length - length)
  return starts.filter((start) => start >= 0 && matches(text.slice(start), term))
}

// Not one letter more: any letter beside a term would then be had for nothing.
function lengthsOf({ length }: string): readonly number[] {
  return length < shortestFuzzy ? [length] : [length - 1, length]
}

function matches(piece: string, term: string): boolean {
  return piece === term || (term.length >= shortestFuzzy && isNear(piece, term))
}

// One difference leaves one half of a term as it was: a test that nearly every term fails.
function mayContain(plain: string, term: string): boolean {
  if (term.length < shortestFuzzy) return plain.includes(term)
  const middle = Math.floor(term.length / 2)
  return plain.includes(term.slice(0, middle)) || plain.includes(term.slice(middle))
}

/** Whether at most one letter was changed, added or left out. */
export function isNear(one: string, other: string): boolean {
  const [short, long] = one.length <= other.length ? [one, other] : [other, one]
  if (long.length - short.length > 1) return false
  let same = 0
  while (same < short.length && short[same] === long[same]) same += 1
  const rest = short.length === long.length ? short.slice(same + 1) : short.slice(same)
  return rest === long.slice(same + 1)
}
