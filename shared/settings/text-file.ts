import { open } from 'node:fs/promises'

/** A file's text, or the sentence that says why it cannot be had. */
export type TextFile = { readonly text: string } | { readonly problem: string }

/** @param file UTF-8, with or without a byte order mark */
export async function readTextFile(
  file: string,
  options: { private?: boolean } = {},
): Promise<TextFile> {
  try {
    await using handle = await open(file)
    // Asked of the open file, so that nothing can be put in its place in between.
    const { mode } = await handle.stat()
    if (options.private && readableByOthers(mode)) {
      return { problem: `other users can read it; run: chmod 600 ${file}` }
    }
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(await handle.readFile()) }
  } catch (thrown) {
    return { problem: reasons[errorCode(thrown)] ?? `cannot be read (${errorCode(thrown)})` }
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'this user may not read it',
  EPERM: 'this user may not read it',
  EISDIR: 'is a folder, not a file',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not text in UTF-8',
}

function errorCode(thrown: unknown): string {
  if (thrown instanceof Error && 'code' in thrown) return String(thrown.code)
  throw thrown
}

// Windows has no such bits and Node makes them up; there, the folder's access list must do.
function readableByOthers(mode: number): boolean {
  return process.platform !== 'win32' && (mode & 0o077) !== 0
}
