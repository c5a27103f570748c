/** One line of a process's log. */
export interface LoggedLine {
  readonly level: number
  readonly msg: string
  readonly [field: string]: unknown
}

/** The lines of a log, out of output that may hold other text, too. */
export function linesIn(output: string): readonly LoggedLine[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as LoggedLine)
}

/** Those that have this reference. */
export function linesAbout(reference: string | undefined, output: string): readonly LoggedLine[] {
  return linesIn(output).filter(
    (line) => reference !== undefined && line['reference'] === reference,
  )
}
