import type Koa from 'koa'
import type { OrganizationSettings } from '../settings.ts'
import { assetPaths } from './assets.ts'
import type { ScriptName } from './browser-scripts.ts'
import { type Html, html } from './html.ts'
import { type PagePolicy, setPagePolicy } from './security-headers.ts'

/** One page: what stands inside the frame, and what its forms and pictures need to be allowed. */
export interface Page extends Omit<PagePolicy, 'runsScripts'> {
  readonly title: string
  /** What the person has to read first; said before the title, where a screen reader begins. */
  readonly isProblem?: boolean
  readonly content: Html
  /** It has lists, and takes as much room as they read well in. */
  readonly isWide?: boolean
  /** What makes the page better where scripts run. It works without. */
  readonly scripts?: readonly ScriptName[]
}

/** Answers with a page in the frame. The status is the caller's; 200 if nobody sets one. */
export function sendPage(ctx: Koa.Context, page: Page, organization: OrganizationSettings): void {
  setPagePolicy(ctx, { ...page, runsScripts: page.scripts !== undefined })
  ctx.type = 'html'
  ctx.body = renderPage(page, organization)
}

/** A whole HTML document. */
export function renderPage(page: Page, organization: OrganizationSettings): string {
  return frame(page, organization).toString()
}

function frame(page: Page, organization: OrganizationSettings): Html {
  const title = `${page.isProblem ? 'Problem: ' : ''}${page.title} · ${organization.name}`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="stylesheet" href="${assetPaths.stylesheet}">
<link rel="icon" type="image/svg+xml" href="${assetPaths.mark}">${page.scripts?.map(script)}
</head>
<body>
<div class="${page.isWide === true ? 'door wide' : 'door'}">
<header class="crown">
<img src="${assetPaths.mark}" alt="" width="48" height="48">
<p class="organization"><bdi>${organization.name}</bdi></p>
</header>
<main>
${page.content}
</main>
${organization.help !== undefined && help(organization.help)}
</div>
</body>
</html>
`
}

function script(name: ScriptName): Html {
  return html`
<script type="module" src="${assetPaths.scripts[name]}"></script>`
}

function help(text: string): Html {
  return html`<footer><p><strong>Need help?</strong> ${text}</p></footer>`
}
