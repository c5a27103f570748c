import { readFileSync } from 'node:fs'

/** How many TCP connections this machine has open to an IPv4 address, as the kernel lists them (proc(5)). */
export function connectionsTo(address: string): number {
  const [, ...rows] = readFileSync('/proc/net/tcp', 'utf8').trim().split('\n')
  const sought = address
    .split('.')
    .toReversed()
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase()
  return rows.filter((row) => {
    const [, , remote = '', state] = row.trim().split(/\s+/)
    // 01 is established.
    return remote.startsWith(`${sought}:`) && state === '01'
  }).length
}
