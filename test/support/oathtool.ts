import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { systemClock } from '../../shared/clock.ts'

/**
 * The code of an authenticator app, by an implementation that is not ours.
 * @param typed the secret as a page shows it
 * @param later seconds from now; negative for codes of before
 */
export async function oathtool(typed: string, later = 0): Promise<string> {
  const now = new Date(systemClock.now() + later * 1000).toISOString()
  const secret = typed.replaceAll(/\s/g, '')
  const args = ['--totp', '--base32', `--now=${now}`, secret]
  const { stdout } = await promisify(execFile)('oathtool', args)
  return stdout.trim()
}
