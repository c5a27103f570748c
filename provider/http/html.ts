import { html as honoHtml } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'

/** Markup that is safe to send: everything put into it has been escaped. */
export type Html = HtmlEscapedString

/** What may stand in a template. Plain text is escaped; `undefined` and `false` print nothing. */
export type Child = string | number | Html | undefined | false | readonly Child[]

/**
 * The only way to make markup. The library's `raw`, which would let text through as it is, is left
 * out on purpose, and so are promises: a page is put together after everything is known.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Child[]): Html {
  return honoHtml(strings, ...values) as Html
}
