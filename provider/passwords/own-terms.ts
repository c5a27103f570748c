import { Fault } from '../../shared/fault.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'

// As many and as long as Microsoft Entra ID takes.
const mostTerms = 1000
const shortestTerm = 4
const longestTerm = 16

/**
 * The organization's own banned terms: one a line, of any script.
 * @throws Fault `settings` if the file cannot be read, is not UTF-8, or has too many or odd terms
 */
export async function readOwnTerms(file: string): Promise<readonly string[]> {
  const read = await readTextFile(file)
  if ('problem' in read) throw new Fault('settings', `${file}: ${read.problem}`)
  const lines = read.text.split('\n').map((line) => line.trim())
  const terms = lines.filter((line) => line !== '')
  if (terms.length > mostTerms) {
    throw new Fault('settings', `${file}: has more than ${mostTerms} lines`)
  }
  const isOdd = ({ length }: string) => length < shortestTerm || length > longestTerm
  const odd = lines.findIndex((line) => line !== '' && isOdd(line))
  if (odd < 0) return terms
  const range = `${shortestTerm} to ${longestTerm} letters`
  throw new Fault('settings', `${file}: line ${odd + 1} has not ${range}`)
}
