import { createHash } from 'node:crypto'

/**
 * A file that pages load. Its address holds a hash of what is in it, so that browsers may keep it
 * for ever and yet see a new version at once.
 */
export interface Asset {
  readonly path: string
  readonly type: string
  readonly content: Buffer
}

/** @param file its name, such as `postern.css` */
export function createAsset(file: string, type: string, content: Buffer): Asset {
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
  const [name, extension] = file.split('.')
  return { path: `/assets/${name}.${hash}.${extension}`, type, content }
}
