import type { Choose } from './canary-name.ts'

/**
 * PURE. A password as people have them: of ten, six are a word with a year or some digits, two are
 * a few words, and two come from a password manager. Wrong for certain, since the accounts that
 * are set aside have passwords that nobody knows, and made-up people have none.
 */
export function likelyPassword(choose: Choose): string {
  const kind = choose(10)
  if (kind < 6) return wordAndDigits(choose)
  return kind < 8 ? severalWords(choose) : random(choose)
}

function wordAndDigits(choose: Choose): string {
  const word = capital(wordOf(choose, 5))
  const digits = choose(2) === 0 ? String(1950 + choose(85)) : digitsOf(1 + choose(4), choose)
  const sign = choose(3) === 0 ? '' : signs.charAt(choose(signs.length))
  const order = choose(4) === 0 ? [word, sign, digits] : [word, digits, sign]
  return filled(order.join(''), choose)
}

function severalWords(choose: Choose): string {
  const between = ['-', ' ', '', '.', '_'][choose(5)] ?? ''
  const capitals = choose(2) === 0
  const some = Array.from({ length: 2 + choose(3) }, () => wordOf(choose, 4))
  const joined = some.map((word) => (capitals ? capital(word) : word)).join(between)
  return filled(choose(2) === 0 ? joined + digitsOf(1 + choose(3), choose) : joined, choose)
}

function random(choose: Choose): string {
  const length = 12 + choose(9)
  return Array.from({ length }, () => anything.charAt(choose(anything.length))).join('')
}

// What most directories refuse is not typed by many.
const shortest = 8

function filled(text: string, choose: Choose): string {
  return text + digitsOf(Math.max(0, shortest - text.length), choose)
}

function wordOf(choose: Choose, least: number): string {
  const fitting = words.filter((word) => word.length >= least)
  return fitting[choose(fitting.length)] ?? ''
}

function digitsOf(count: number, choose: Choose): string {
  return Array.from({ length: count }, () => String(choose(10))).join('')
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const signs = '!!!!..??#$*-_@+%&'
const letters = 'abcdefghijklmnopqrstuvwxyz'
const anything = `${letters}${letters.toUpperCase()}0123456789!#$%&*+-.?@_`

const words = `
  april august autumn summer winter spring sommer herbst monday friday sunday march january october
  paris london berlin vienna madrid lisbon prague dublin boston texas oslo secret welcome coffee
  orange banana cherry apple pepper sugar tiger dragon falcon eagle horse kitten buddy molly lucky
  charlie daisy football soccer hockey guitar piano music happy sunshine rainbow flower garden ocean
  river mountain forest silver golden purple yellow green black computer internet network station
  princess master family friend liverpool arsenal chelsea bayern juventus ferrari porsche
  toyota yamaha camera window school office project manager`
  .trim()
  .split(/\s+/)
