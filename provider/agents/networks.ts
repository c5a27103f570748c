import { BlockList, isIP } from 'node:net'

/**
 * PURE. Whether an address is in one of the networks; any is, if there are none.
 * @param networks CIDRs or single addresses; one that cannot be read has nobody in it
 */
export function isWithin(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true
  const list = new BlockList()
  for (const network of networks.filter((text) => whyNotNetwork(text) === undefined)) {
    const [base = '', bits] = network.split('/')
    const width = isIP(base) === 6 ? 128 : 32
    list.addSubnet(base, Number(bits ?? width), family(base))
  }
  return isIP(address) > 0 && list.check(address, family(address))
}

/** @returns what is wrong with a network as an admin has typed it, if anything is */
export function whyNotNetwork(text: string): string | undefined {
  const [base = '', bits, ...more] = text.split('/')
  const width = isIP(base) === 6 ? 128 : 32
  const isRange = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= width)
  if (isIP(base) > 0 && isRange && more.length === 0) return undefined
  return `"${text}" is no address and no range, as in 10.0.0.0/8`
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
