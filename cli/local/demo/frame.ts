import { readFileSync } from 'node:fs'
import type Koa from 'koa'
import { type Html, html } from '../../../provider/http/html.ts'
import { setPagePolicy } from '../../../provider/http/security-headers.ts'

export interface DemoPage {
  readonly title: string
  readonly content: Html
}

/**
 * The frame around the demo app's pages. It looks like another product than the sign-in pages on
 * purpose: whoever tries it should see where the app ends and the provider begins.
 */
export function sendDemoPage(ctx: Koa.Context, page: DemoPage): void {
  setPagePolicy(ctx, {})
  ctx.set('Cache-Control', 'no-store')
  ctx.type = 'html'
  ctx.body = frame(page).toString()
}

/** A file that the demo app's pages load. */
export interface DemoFile {
  readonly path: string
  readonly serve: (ctx: Koa.Context) => void
}

export const stylesheet: DemoFile = demoFile('demo.css', 'text/css; charset=utf-8')
export const icon: DemoFile = demoFile('demo.svg', 'image/svg+xml; charset=utf-8')

function demoFile(name: string, type: string): DemoFile {
  const content = readFileSync(new URL(name, import.meta.url))
  return {
    path: `/demo/${name}`,
    serve: (ctx) => {
      ctx.type = type
      ctx.body = content
    },
  }
}

function frame({ title, content }: DemoPage): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} · Demo app</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${stylesheet.path}">
<link rel="icon" href="${icon.path}" type="image/svg+xml">
</head>
<body>
<header><p><a href="/demo">Demo app</a> <small>a relying party</small></p></header>
<main>
<h1>${title}</h1>
${content}
</main>
</body>
</html>
`
}
