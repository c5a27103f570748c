/**
 * One environment variable; the only reader of `process.env`, so that what the environment can
 * change is found by looking for callers of this.
 * @returns its value, or `undefined` if it is not set or empty
 */
export function environmentVariable(name: string): string | undefined {
  return process.env[name] || undefined
}
