/** An object of Graph's, of which nothing is believed until it is looked at. */
export type GraphObject = Readonly<Record<string, unknown>>

/** Something about an imported file that a person should know. */
export interface Note {
  /** In Graph's words, with dots. */
  readonly path: string
  readonly message: string
  /**
   * `none`: what it is about does not exist here. `changed`: the policy means something else without
   * it, or until somebody has filled it in. `nothingLeft`: there is nothing to make a file of.
   */
  readonly effect: 'none' | 'changed' | 'nothingLeft'
}

export type Notes = Note[]

export function isObject(value: unknown): value is GraphObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function group(value: unknown): GraphObject {
  return isObject(value) ? value : {}
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : []
}

/** True if Graph says something here at all: `null`, `[]`, `false`, `none` and switched off say nothing. */
export function says(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (isObject(value)) return value['isEnabled'] !== false
  return (
    value !== null && value !== undefined && value !== false && value !== '' && value !== 'none'
  )
}

/** Lists what is said in settings that are not among the known ones. */
export function noteOthers(
  object: GraphObject,
  known: readonly string[],
  notes: Notes,
  where: string,
): void {
  for (const [name, value] of Object.entries(object)) {
    if (known.includes(name) || name.includes('@') || !says(value)) continue
    notes.push({ path: `${where}${name}`, message: 'has no meaning here', effect: 'changed' })
  }
}

/**
 * Those of the values that exist here; the others are listed.
 * @param harmless whether nothing is lost with them, since what they are about does not exist here
 */
export function keep<T extends string>(
  values: readonly string[],
  known: readonly T[],
  { path, notes, harmless }: { path: string; notes: Notes; harmless: boolean },
): T[] {
  const isKnown = (value: string): value is T => (known as readonly string[]).includes(value)
  const gone = values.filter((value) => !isKnown(value))
  if (gone.length > 0) {
    const message = `${gone.join(', ')}: there is no such thing here`
    notes.push({ path, message, effect: harmless ? 'none' : 'changed' })
  }
  return values.filter(isKnown)
}

const entraId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Names as they are. Ids of Entra mean nobody here: they stay, for somebody to replace them. */
export function named(values: readonly string[], path: string, notes: Notes): string[] {
  const ids = values.filter((value) => entraId.test(value))
  if (ids.length > 0) {
    const message = `${ids.join(', ')}: ids of Entra; put what they are called here in their place`
    notes.push({ path, message, effect: 'changed' })
  }
  return [...values]
}
