import * as bowser from 'bowser'

/** PURE. What people call the browser that says this of itself, if it is one that is known. */
export function browserNameOf(userAgent: string): string | undefined {
  return userAgent === '' ? undefined : bowser.parse(userAgent).browser.name
}
