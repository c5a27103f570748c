/** Rows of text as lines whose columns stand below each other. */
export function columns(rows: readonly (readonly string[])[], indent = '  '): string {
  const count = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: count }, (_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  )
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ')
  return rows.map((row) => `${indent}${line(row)}`.trimEnd()).join('\n')
}
