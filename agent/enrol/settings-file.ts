import { access, constants, stat } from 'node:fs/promises'
import { Fault } from '../../shared/fault.ts'
import { readTextFile } from '../../shared/settings/text-file.ts'

/** @returns `undefined` if there is no such file */
export async function textOf(file: string): Promise<string | undefined> {
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) return undefined
  const read = await readTextFile(file)
  if ('text' in read) return read.text
  throw new Fault('settings', `${file}: ${read.problem}`)
}

/** @throws Fault `settings` */
export async function refuseReadOnly(folder: string): Promise<void> {
  try {
    await access(folder, constants.W_OK)
  } catch (cause) {
    throw new Fault('settings', `${folder}: this user cannot write there`, { cause })
  }
}
