import { hkdfSync } from 'node:crypto'

/**
 * This folder lets the provider's processes go over from one data key to the next while they run.
 * The data key names and seals all that is kept (`shared/sealed-store.ts`).
 *
 * Each process first learns of the new key from its key file, and says so in the store
 * (`announce-keys.ts`). Then one command moves all that there is (`move-values.ts`), kept value by
 * kept value, to its new name and under its new seal. For these seconds writes wait and reads go
 * on; which key counts stands in the store (`key-in-use.ts`), under the new key's own seal, and
 * every process looks there before it writes (`sealed-store-of.ts`). So there is no moment at which
 * two of them keep the same thing in two places.
 */
export interface DataKeys {
  /** Newest first: one, or two while the new one takes over. May change from call to call. */
  all(): readonly [Buffer, Buffer?]
  /** Looks for changes no more. */
  stop(): Promise<void>
}

/** Of a process that never changes them. */
export function fixedDataKeys(...keys: readonly [Buffer, Buffer?]): DataKeys {
  return { all: () => keys, stop: async () => undefined }
}

/** For people and for other processes: says nothing about the key. */
export function dataKeyId(dataKey: Buffer): string {
  return derive(dataKey, 'id', 8).toString('hex')
}

/**
 * What other secrets are derived from that all processes share: cookies signed with them outlive
 * the data key, so it is kept when the key changes.
 */
export function rootSecretOf(dataKey: Buffer): Buffer {
  return derive(dataKey, 'root', 32)
}

/** Oldest first: until all processes know the newer key, the older one signs. */
export function challengeSecretsOf(keys: DataKeys): readonly [Buffer, ...Buffer[]] {
  const [newest, older] = keys.all()
  return older === undefined
    ? [challengeSecret(newest)]
    : [challengeSecret(older), challengeSecret(newest)]
}

function challengeSecret(dataKey: Buffer): Buffer {
  return derive(dataKey, 'challenges', 32)
}

function derive(dataKey: Buffer, use: string, length: number): Buffer {
  return Buffer.from(hkdfSync('sha256', dataKey, '', `postern data key: ${use}`, length))
}
