import type Koa from 'koa'
import { setPagePolicy } from '../http/security-headers.ts'
import type { OidcPages, PageForm } from './pages.ts'

/**
 * Forms that a browser sends on by itself: the answer to an app that asks for `form_post`, a device's
 * code that came in an address, and signing out where nobody is signed in. The library writes those
 * pages whole, without a way to say how. This puts what is in them into a page of ours, and leaves a
 * page that it does not know as it is.
 */
export function automaticForms(pages: Pick<OidcPages, 'goOn'>): Koa.Middleware {
  return async (ctx, next) => {
    await next()
    const form = typeof ctx.body === 'string' ? automaticFormIn(ctx.body) : undefined
    if (form === undefined) return
    setPagePolicy(ctx, { returnSources: [form.action], runsScripts: true })
    ctx.body = await pages.goOn({ form })
  }
}

const begins =
  /^<!DOCTYPE html>\s*<html>\s*<head>\s*<meta [^>]*>\s*<title>Submitting Callback<\/title>/

/** PURE. What the library's page would send; `undefined` if it is another page. */
export function automaticFormIn(page: string): PageForm | undefined {
  if (!begins.test(page)) return undefined
  const action = /<form method="post" action="([^"]*)">/.exec(page)?.[1]
  if (action === undefined) return undefined
  const inputs = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"\/>/g)
  const fields = [...inputs].map(([, name = '', value = '']) => [name, plain(value)] as const)
  return { action: plain(action), fields: Object.fromEntries(fields) }
}

const characters: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}

/** All that the library escapes; each once, so that `&amp;lt;` stays `&lt;`. */
function plain(text: string): string {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => characters[entity] ?? entity)
}
