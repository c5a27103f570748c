import type { Platform } from './policy.ts'

/**
 * PURE. What a browser says it runs on, or `undefined` if it does not say, or names something that
 * policies have no word for. It may lie; what it says of itself in a word of its own counts before
 * what is guessed from the long text.
 * @param hint `Sec-CH-UA-Platform` (User-Agent Client Hints), as it came: in quotes
 */
export function platformOf(
  hint: string | undefined,
  userAgent: string | undefined,
): Platform | undefined {
  const named = hint?.replaceAll('"', '').trim().toLowerCase()
  if (named !== undefined && named !== '' && named !== 'unknown') return hints.get(named)
  return patterns.find(([pattern]) => pattern.test(userAgent ?? ''))?.[1]
}

const hints: ReadonlyMap<string, Platform> = new Map([
  ['android', 'android'],
  ['ios', 'iOS'],
  ['windows', 'windows'],
  ['macos', 'macOS'],
  ['linux', 'linux'],
  ['chrome os', 'linux'],
  ['chromium os', 'linux'],
])

// In this order: an Android says that it is a Linux, and an iPhone that it is like Mac OS X.
const patterns: readonly (readonly [RegExp, Platform])[] = [
  [/\bAndroid\b/, 'android'],
  [/\b(iPhone|iPad|iPod)\b/, 'iOS'],
  [/\bWindows NT\b/, 'windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'macOS'],
  [/\b(Linux|CrOS)\b/, 'linux'],
]
