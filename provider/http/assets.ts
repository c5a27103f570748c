import { readFileSync } from 'node:fs'
import { type Asset, createAsset } from './asset.ts'
import { browserScripts, type ScriptName } from './browser-scripts.ts'
import type { Feature } from './feature.ts'

const stylesheet = load('postern.css', 'text/css; charset=utf-8')
const mark = load('postern.svg', 'image/svg+xml; charset=utf-8')

/** Where pages find the style sheet, the mark and the scripts that some of them need. */
export const assetPaths: {
  readonly stylesheet: string
  readonly mark: string
  readonly scripts: Readonly<Record<ScriptName, string>>
} = {
  stylesheet: stylesheet.path,
  mark: mark.path,
  scripts: browserScripts.paths,
}

export const assets: Feature = {
  mount: (router) => {
    for (const { path, type, content } of [stylesheet, mark, ...browserScripts.modules]) {
      router.get(path, (ctx) => {
        ctx.set('Cache-Control', 'public, max-age=31536000, immutable')
        ctx.type = type
        ctx.body = content
      })
    }
  },
}

function load(file: string, type: string): Asset {
  return createAsset(file, type, readFileSync(new URL(file, import.meta.url)))
}
