import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Feature } from './feature.ts'

/**
 * The files that pages load: a style sheet and the mark. Their addresses hold a hash of what is in
 * them, so that browsers may keep them for ever and yet see a new version at once.
 */
interface Asset {
  readonly path: string
  readonly type: string
  readonly content: Buffer
}

const stylesheet = load('postern.css', 'text/css; charset=utf-8')
const mark = load('postern.svg', 'image/svg+xml; charset=utf-8')

export const assetPaths: { readonly stylesheet: string; readonly mark: string } = {
  stylesheet: stylesheet.path,
  mark: mark.path,
}

export const assets: Feature = {
  mount: (router) => {
    for (const { path, type, content } of [stylesheet, mark]) {
      router.get(path, (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
        ctx.type = type
        ctx.body = content
      })
    }
  },
}

function load(file: string, type: string): Asset {
  const content = readFileSync(new URL(file, import.meta.url))
  const hash = createHash('sha256').update(content).digest('base64url').slice(0, 12)
  const [name, extension] = file.split('.')
  return { path: `/assets/${name}.${hash}.${extension}`, type, content }
}
