/** Something in a settings file, with the way to it. */
export interface Entry {
  readonly text: string
  readonly path: readonly (string | number)[]
}

/** Entries whose text an earlier one has already. */
export function repeats(entries: readonly Entry[]): Entry[] {
  const seen = new Set<string>()
  return entries.filter(({ text }) => {
    const again = seen.has(text)
    seen.add(text)
    return again
  })
}

/** One setting of every member of a list: `realms`, `name` makes `realms[0].name` and so on. */
export function entriesOf<Key extends string>(
  list: string,
  items: readonly Readonly<Record<Key, string>>[],
  key: Key,
): Entry[] {
  return items.map((item, index) => ({ text: item[key], path: [list, index, key] }))
}
