import { createHash } from 'node:crypto'

/** Numbers that look like chance and are the same ones in every run: 0 up to, without, `below`. */
export function seededChoice(seed: string): (below: number) => number {
  let count = 0
  return (below) => {
    count += 1
    return createHash('sha256').update(`${seed} ${count}`).digest().readUInt32BE() % below
  }
}
