/**
 * PURE. Compares two versions (semver.org); what comes after the three numbers does not count.
 * @returns false for what is no version, since nothing can be said of it
 */
export function isOlderVersion(one: string, other: string): boolean {
  const [these, those] = [numbers(one), numbers(other)]
  if (these === undefined || those === undefined) return false
  const at = these.findIndex((number, index) => number !== those[index])
  return at >= 0 && (these[at] ?? 0) < (those[at] ?? 0)
}

function numbers(version: string): readonly number[] | undefined {
  return /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number)
}
