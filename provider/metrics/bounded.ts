/**
 * PURE but for its memory. A label with ever new values would fill the memory of whoever collects
 * it.
 * @returns the value, or `other` for one that comes after `most` different ones
 */
export function bounded(most: number): (value: string) => string {
  const known = new Set<string>()
  return (value) => {
    if (known.has(value)) return value
    if (known.size >= most) return 'other'
    known.add(value)
    return value
  }
}
