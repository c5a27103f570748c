import { readFileSync } from 'node:fs'
import { expect } from 'chai'

const css = readFileSync(new URL('../../../../provider/http/postern.css', import.meta.url), 'utf8')

describe('style sheet', () => {
  // WCAG 2.2, 1.4.3 (text: 4.5) and 1.4.11 (what shows a control and its focus: 3).
  const pairs: readonly [front: string, back: string, least: number][] = [
    ['ink', 'leaf', 4.5],
    ['ink', 'wall', 4.5],
    ['ink', 'notice-leaf', 4.5],
    ['ink-soft', 'leaf', 4.5],
    ['accent', 'leaf', 4.5],
    ['accent', 'wall', 4.5],
    ['accent-strong', 'leaf', 4.5],
    ['on-accent', 'accent', 4.5],
    ['on-accent', 'accent-strong', 4.5],
    ['problem', 'leaf', 4.5],
    ['problem', 'problem-leaf', 4.5],
    ['line', 'leaf', 3],
    ['focus', 'leaf', 3],
    ['focus', 'wall', 3],
  ]
  const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)')
  const schemes = { light: colours(light), dark: colours(dark.slice(0, dark.indexOf('}'))) }

  for (const [scheme, known] of Object.entries(schemes)) {
    for (const [front, back, least] of pairs) {
      it(`${scheme}: ${front} on ${back} has a contrast of at least ${least}`, () => {
        expect(contrast(known.get(front), known.get(back))).to.be.at.least(least)
      })
    }
  }

  it('loads nothing from anywhere', () => {
    expect(css).not.to.match(/url\(|@import|@font-face/)
  })
})

function colours(text: string): ReadonlyMap<string, string> {
  return new Map(
    [...text.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, n = '', v = '']) => [n, v]),
  )
}

function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) throw new Error('no such colour')
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
  return (lighter + 0.05) / (darker + 0.05)
}

// WCAG 2.2, "relative luminance".
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
