import type { Document, ErrorCode, Node, Pair } from 'yaml'
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'
import type { Finding } from './findings.ts'
import type { SettingsProblem } from './problem.ts'

/** A YAML file as a value, with the way back from a value to its line. */
export interface YamlDocument {
  readonly value: unknown
  /** What keeps the text from being read as plain YAML; then `value` means nothing. */
  readonly problems: readonly SettingsProblem[]
  readonly locate: (finding: Finding) => SettingsProblem
}

// A few kilobytes of aliases to aliases can unfold to gigabytes ("billion laughs").
const maxAliasCount = 100

/**
 * YAML 1.2, core schema, one document. Repeated keys and tags of any kind are problems: the one
 * hides a mistake, the others make objects of which a schema knows nothing.
 */
export function readYaml(file: string, text: string): YamlDocument {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: true,
  })
  const at = (offset: number, path: string, message: string): SettingsProblem => {
    const { line, col } = lines.linePos(offset)
    return { file, line, column: col, path, message }
  }
  const spotted = [...document.errors, ...document.warnings].map((error) =>
    at(error.pos[0], '', `not valid YAML: ${phrases[error.code] ?? error.message}`),
  )
  spotted.push(...lostAliases(document).map((node) => at(start(node), '', 'no such anchor')))
  const { value, tooMany } = spotted.length === 0 ? unfold(document) : {}
  if (tooMany) spotted.push(at(0, '', 'too many aliases'))
  return {
    value,
    problems: spotted,
    locate: (finding) => at(offsetOf(document, finding), pathText(finding.path), finding.message),
  }
}

// The library's own words address programmers here.
const phrases: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'this name stands here twice',
  MULTIPLE_DOCS: 'a second document begins here; one file holds one',
  NON_STRING_KEY: 'names must be text',
  TAG_RESOLVE_FAILED: 'tags (!name) are not allowed',
}

function unfold(document: Document): { value?: unknown; tooMany?: boolean } {
  try {
    return { value: document.toJS({ maxAliasCount }) }
  } catch (thrown) {
    // The library's way of saying that the cap was reached.
    if (thrown instanceof ReferenceError) return { tooMany: true }
    throw thrown
  }
}

function lostAliases(document: Document): Node[] {
  const lost: Node[] = []
  visit(document, {
    Alias: (_, node) => {
      if (node.resolve(document) === undefined) lost.push(node)
    },
  })
  return lost
}

/** The nearest thing that exists in the file: the value, its key, or the group it is missing from. */
function offsetOf(document: Document, finding: Finding): number {
  let node: unknown = document.contents
  let offset = isNode(node) ? start(node) : 0
  for (const [depth, name] of finding.path.entries()) {
    const step = child(document, node, name)
    if (step === undefined) return offset
    const last = depth === finding.path.length - 1
    offset = last && !finding.atKey ? (step.value ?? step.at) : step.at
    node = step.node
  }
  return offset
}

interface Step {
  readonly node: unknown
  /** Where the entry begins: its key, or the list item itself. */
  readonly at: number
  /** Where the value begins, if there is one to see. */
  readonly value?: number | undefined
}

function child(document: Document, parent: unknown, name: PropertyKey): Step | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent
  if (isSeq(node)) {
    const item = node.items[Number(name)]
    return isNode(item) ? { node: item, at: start(item) } : undefined
  }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(name))
  return pair && ofPair(pair)
}

function ofPair({ key, value }: Pair): Step {
  const empty = !isNode(value) || (isScalar(value) && value.source === '')
  return { node: value, at: isNode(key) ? start(key) : 0, value: empty ? undefined : start(value) }
}

function start(node: Node): number {
  return node.range?.[0] ?? 0
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, name) => {
    if (typeof name === 'number') return `${text}[${name}]`
    return text === '' ? String(name) : `${text}.${String(name)}`
  }, '')
}
