import { Fault } from '../fault.ts'
import { readTextFile } from './text-file.ts'

/**
 * A secret that stands alone in a file, as Docker, Kubernetes and systemd hand them out.
 * @returns its text without white space around it: editors add a line end that nobody sees
 * @throws Fault `settings` if it is missing, unreadable or empty
 */
export function readSecretFile(file: string): Promise<string> {
  return readSecret(file, { private: false })
}

/**
 * A secret made on this machine, which nobody but its owner has reason to read.
 * @returns its text without white space around it
 * @throws Fault `settings` as `readSecretFile`, and if group or others can read it
 */
export function readPrivateFile(file: string): Promise<string> {
  return readSecret(file, { private: true })
}

async function readSecret(file: string, options: { private: boolean }): Promise<string> {
  const read = await readTextFile(file, options)
  if ('problem' in read) throw new Fault('settings', `${file}: ${read.problem}`)
  const secret = read.text.trim()
  if (secret === '') throw new Fault('settings', `${file}: is empty`)
  return secret
}
