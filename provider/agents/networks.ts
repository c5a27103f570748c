import { isNetwork } from '../../shared/network.ts'

/** @returns what is wrong with a network as an admin has typed it, if anything is */
export function whyNotNetwork(text: string): string | undefined {
  return isNetwork(text) ? undefined : `"${text}" is no address and no range, as in 10.0.0.0/8`
}
