/**
 * PURE. User names that nobody has and that look like those of a realm. Nothing is learnt from the
 * names that people type: a name typed today must not turn up in a question to some agent tomorrow,
 * and what stands in the field for the name is now and then a password. So the looks come from
 * patterns that the operator writes, and the names from the syllables below.
 */

/** A number from 0 up to, and not including, `below`. */
export type Choose = (below: number) => number

/** As settings and people write them: an ordinary address at a realm with a suffix. */
export function defaultPatterns(suffixes: readonly string[]): readonly string[] {
  const [suffix] = suffixes
  return suffix === undefined ? ['{first}.{last}'] : [`{first}.{last}@${suffix}`]
}

/** @param pattern as `whyNotPattern` lets it pass */
export function madeUpName(pattern: string, choose: Choose): string {
  const first = pick(firstNames, choose)
  const last = pick(starts, choose) + pick(middles, choose) + pick(ends, choose)
  return pattern.replaceAll(parts, (_part, name: string) => {
    if (name === 'digit') return String(choose(10))
    if (name === 'letter') return String.fromCodePoint(97 + choose(26))
    const text = name === 'first' || name === 'f' ? first : last
    return name.length === 1 ? text.charAt(0) : text
  })
}

// A first name alone, or two digits, would sooner or later be somebody's, and that person would
// find themselves with one wrong password more than they have typed.
const leastVariety = 10_000

/** What is wrong with a pattern, for the one who wrote it; nothing if it can be used. */
export function whyNotPattern(pattern: string): string | undefined {
  if (pattern.trim() !== pattern || pattern === '') return 'must not be empty or end in spaces'
  const left = pattern.replaceAll(parts, '')
  if (/[{}]/.test(left)) {
    return 'may have {first}, {last}, {f}, {l}, {letter} and {digit} in braces, and nothing else'
  }
  if (pattern.length > 200) return 'is too long'
  if (varietyOf(pattern) >= leastVariety) return undefined
  return 'fits too few names: add {last}, or more of {letter} and {digit}'
}

const parts = /\{(first|last|f|l|letter|digit)\}/g

function varietyOf(pattern: string): number {
  const names = [...pattern.matchAll(parts)].map(([, name = '']) => name)
  const once = new Set(names.filter((name) => name !== 'digit' && name !== 'letter'))
  const often = names.filter((name) => name === 'digit' || name === 'letter')
  return [...once, ...often].reduce((product, name) => product * (variety[name] ?? 1), 1)
}

function pick(words: readonly string[], choose: Choose): string {
  return words[choose(words.length)] ?? ''
}

const firstNames = inWords(`
  adam agnes alan alice ana andrea anna anton beate ben bianca carl carla cem clara daniel david
  diana dora elena emil emma erik eva felix filip fatima frank greta hana hans heidi helen hugo ida
  ines ivan jack jan jana joan john julia karin karl katja lars laura lea lena leo linda lucas lucy
  maja marc maria marta max mia mila milan nadia nina noah nora olga omar oscar otto paul paula peter
  petra piotr ralf rita robert rosa ruth samir sara simon sofia sonja stefan susan tanja theo thomas
  tina tom ursula vera victor walter yusuf zoe`)

// Three parts, always: two of them make surnames that people have.
const starts = inWords(`
  al bar ber bran bru cal cor dal der dor fal far fen gar gel gor hal har hol kal kar kel kor lan lar
  lin lor mal mar mel mor nal nor pal per ral ren ros sal sar sel sor tal tar tor val var vel vol wal
  wes wil zel zor`)
const middles = inWords(
  'a ade alo ane are ela eno era eri ile imo ina iro ola one ora ovi ula une uri',
)
const ends = inWords(`
  berg beck dale den dorf feld field ford gren haus heim holm kamp land lund man mark mond nik ning
  quist rath rick ring sen ski son stad stein stone strom ter thal ton vik ward well wood worth`)

const variety: Readonly<Record<string, number>> = {
  first: firstNames.length,
  last: starts.length * middles.length * ends.length,
  f: 10,
  l: 10,
  letter: 26,
  digit: 10,
}

function inWords(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
