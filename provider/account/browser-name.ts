import * as bowser from 'bowser'

/**
 * PURE. What a browser is called, for its owner to know it again: `Firefox on Windows`. It says
 * what it likes, so nothing may be decided by it.
 */
export function browserName(userAgent: string | undefined): string {
  if (userAgent === undefined || userAgent === '') return 'A browser'
  const { browser, os } = bowser.parse(userAgent)
  const name = browser.name ?? 'A browser'
  return os.name === undefined || os.name === '' ? name : `${name} on ${os.name}`
}
