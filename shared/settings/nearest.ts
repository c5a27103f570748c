/**
 * The known name that a person most likely meant, or `undefined` if none is near: at most one
 * mistake in three letters, so that `isuer` finds `issuer` and `redis` does not find `realms`.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const scored = known
    .map((candidate) => ({ candidate, distance: editDistance(fold(name), fold(candidate)) }))
    .filter(({ candidate, distance }) => distance <= tolerated(candidate))
  return scored.toSorted((a, b) => a.distance - b.distance)[0]?.candidate
}

function tolerated(candidate: string): number {
  return Math.min(candidate.length - 1, Math.max(1, Math.floor(candidate.length / 3)))
}

// `client_id`, `client-id` and `clientID` are the same mistake about `clientId`.
function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[-_ ]/g, '')
}

/** Letters to insert, delete, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const cost = (row: number, column: number): number =>
    rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    rows.push(current)
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = cost(row - 1, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1)
      const swapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(
        Math.min(
          replaced,
          cost(row - 1, column) + 1,
          cost(row, column - 1) + 1,
          swapped ? cost(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return cost(a.length, b.length)
}
