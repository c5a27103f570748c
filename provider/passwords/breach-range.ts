import { askWeb } from '../../shared/ask-web.ts'
import { Fault } from '../../shared/fault.ts'
import { type BreachCheck, breachHash } from './breach.ts'

/**
 * Asks a range API for all breached passwords whose hash begins with the same five digits, so that it
 * does not learn which one was meant; `Add-Padding` keeps the length of the answer from telling.
 *
 * @param address the API's, to which the five digits are added; `https://api.pwnedpasswords.com/range`
 * @param timeout milliseconds: somebody is waiting with a new password
 * @returns a check that rejects if the API does not answer, or with something else
 */
export function breachRange(address: string, timeout = 2_000): BreachCheck {
  return async (password) => {
    const hash = breachHash(password)
    const { status, body } = await askWeb(new URL(`${address}/${hash.slice(0, 5)}`), {
      method: 'GET',
      headers: { 'Add-Padding': 'true', 'User-Agent': 'postern' },
      within: timeout,
    })
    if (status !== 200) throw new Fault('internal', `the range API answered ${status}`)
    const rest = hash.slice(5)
    const lines = body.split('\n').map((line) => line.trim())
    const hashes = lines.filter((line) => line !== '')
    // Some networks answer for others, with a page to sign in on.
    if (!hashes.every((line) => /^[\dA-F]{35}:\d+$/i.test(line))) {
      throw new Fault('internal', 'the range API answered with something other than hashes')
    }
    const counts = hashes.map((line) => line.split(':'))
    // Padding is made of hashes that were seen no times.
    return counts.some(([suffix, count]) => suffix?.toUpperCase() === rest && Number(count) > 0)
  }
}
