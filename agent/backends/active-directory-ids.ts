/** How Active Directory's binary ids are written as text. */

/**
 * @param bytes of an objectGUID, 16 of them; the first three groups are little-endian (RFC 4122
 *   section 4.1.2 as [MS-DTYP] 2.3.4 has it)
 * @returns as in `61dcd5ea-fb3f-473d-a011-d7dcd40f3ca5`, `undefined` if it is none
 */
export function guidText(bytes: Buffer): string | undefined {
  if (bytes.length !== 16) return undefined
  const reversed = (from: number, to: number) => bytes.subarray(from, to).toReversed()
  const head = [reversed(0, 4), reversed(4, 6), reversed(6, 8)]
  const groups = [...head, bytes.subarray(8, 10), bytes.subarray(10)]
  return groups.map((group) => Buffer.from(group).toString('hex')).join('-')
}

/**
 * @param bytes of a SID ([MS-DTYP] 2.4.2.2)
 * @returns as in `S-1-5-21-3870888032-4129871821-4078960167-1102`, `undefined` if it is none
 */
export function sidText(bytes: Buffer): string | undefined {
  const [revision, count = 0] = bytes
  if (revision !== 1 || bytes.length !== 8 + 4 * count) return undefined
  const parts = Array.from({ length: count }, (_, index) => bytes.readUInt32LE(8 + 4 * index))
  return ['S', revision, bytes.readUIntBE(2, 6), ...parts].join('-')
}
