import { BlockList, isIP } from 'node:net'

/**
 * Networks as an admin writes them: `10.1.0.0/16`, `2001:db8::/32`, or one address. The address may
 * be IPv4 written as IPv6 (`::ffff:10.1.2.3`), as sockets that listen to both give it.
 *
 * @param networks none means that every address will do
 * @returns `false` also for what is no address
 */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (networks.length === 0) return true
  const plain = withoutMapping(address)
  const family = familyOf(plain)
  return family !== undefined && listOf(networks).check(plain, family)
}

/** Whether the text is a network that `isInNetworks` understands. */
export function isNetwork(text: string): boolean {
  const { family, bits } = parsed(text)
  if (family === undefined) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= widest(family))
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks.filter(isNetwork)) {
    const { address, bits, family = 'ipv4' } = parsed(network)
    list.addSubnet(address, bits === undefined ? widest(family) : Number(bits), family)
  }
  return list
}

type Family = 'ipv4' | 'ipv6'

function parsed(network: string): { address: string; bits?: string; family: Family | undefined } {
  const [address = '', bits, ...more] = network.split('/')
  const family = more.length > 0 ? undefined : familyOf(address)
  return { address, family, ...(bits !== undefined && { bits }) }
}

function familyOf(address: string): Family | undefined {
  const version = isIP(address)
  if (version === 0) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

function widest(family: Family): number {
  return family === 'ipv4' ? 32 : 128
}

function withoutMapping(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  return mapped ?? address
}
