/** A piece of a text, to be shown as it is. */
export interface TextBlock {
  readonly kind: 'heading' | 'paragraph' | 'item'
  readonly text: string
}

/**
 * PURE. A text in its headings (`# …`), paragraphs and items of lists. Of Markdown no more than
 * that: what people accept has to be what they read, and markup is a way to hide a line.
 */
export function textBlocks(text: string): readonly TextBlock[] {
  const blocks: TextBlock[] = []
  let isOpen = false
  for (const line of text.split(/\r\n|\r|\n/).map((each) => each.trim())) {
    const block = begun(line)
    const last = blocks.at(-1)
    if (line === '') isOpen = false
    else if (isOpen && last && block.kind === 'paragraph') {
      blocks[blocks.length - 1] = { ...last, text: `${last.text} ${line}` }
    } else {
      blocks.push(block)
      isOpen = block.kind !== 'heading'
    }
  }
  return blocks
}

function begun(line: string): TextBlock {
  const [, heading] = /^#{1,6}\s+(.+?)(?:\s+#+)?$/.exec(line) ?? []
  if (heading !== undefined) return { kind: 'heading', text: heading }
  const [, bullet] = /^[-*+•]\s+(.+)$/.exec(line) ?? []
  if (bullet !== undefined) return { kind: 'item', text: bullet }
  // The number is a part of what it says: "see 3." has to lead somewhere.
  return { kind: /^\(?(?:\d{1,3}|[a-z])[.)]\s/.test(line) ? 'item' : 'paragraph', text: line }
}
