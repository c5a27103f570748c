/**
 * A browser without a screen: keeps cookies, follows redirects within the provider, and stops where
 * the browser would go on to an app.
 */
export interface BrowserSession {
  open(url: URL | string): Promise<BrowserPage>
  /** Sends a form with POST, as one of the page's own. */
  submit(url: URL | string, fields: Readonly<Record<string, string>>): Promise<BrowserPage>
  /** What is kept for this address now, by name. */
  cookies(url: URL | string): ReadonlyMap<string, string>
  /** As if this cookie had been stolen elsewhere, and put in. */
  putIn(cookie: { readonly name: string; readonly value: string }): void
  /** Loses every cookie of this name: the one of a session when a browser is closed, say. */
  lose(name: string): void
}

export interface BrowserPage {
  /** Where the browser is, or where it is sent if that is outside of the provider. */
  readonly url: URL
  readonly hasLeft: boolean
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

/**
 * @param origin the provider's: what the browser stays within
 * @param more headers of each request, as a proxy in between would set them; it may change
 */
export function createBrowser(
  origin: string,
  more: Readonly<Record<string, string>> = {},
): BrowserSession {
  const jar = new Map<string, Cookie>()

  const cookiesFor = (path: string): Cookie[] =>
    [...jar.values()].filter((cookie) => isWithin(path, cookie.path))

  function keep(headers: Headers, path: string): void {
    for (const line of headers.getSetCookie()) {
      const { cookie, isOver } = parse(line, path)
      if (isOver) jar.delete(`${cookie.name};${cookie.path}`)
      else jar.set(`${cookie.name};${cookie.path}`, cookie)
    }
  }

  async function go(address: URL, form: RequestInit = {}): Promise<BrowserPage> {
    let [url, request] = [address, form]
    for (let redirects = 0; redirects < 20; redirects += 1) {
      const cookie = cookiesFor(url.pathname).map(({ name, value }) => `${name}=${value}`)
      const headers = { accept: 'text/html', cookie: cookie.join('; '), ...more }
      const response = await fetch(url, { ...request, headers, redirect: 'manual' })
      keep(response.headers, url.pathname)
      const text = await response.text()
      const location = response.headers.get('location')
      const { status, headers: received } = response
      if (location === null) return { url, hasLeft: false, status, headers: received, text }
      url = new URL(location, url)
      request = {}
      if (url.origin !== origin) return { url, hasLeft: true, status, headers: received, text }
    }
    throw new Error(`redirects do not end at ${url.href}`)
  }

  return {
    lose: (name) => {
      for (const [key, cookie] of jar) if (cookie.name === name) jar.delete(key)
    },
    open: (url) => go(new URL(url, origin)),
    submit: (url, fields) =>
      go(new URL(url, origin), { method: 'POST', body: new URLSearchParams(fields) }),
    cookies: (url) =>
      new Map(cookiesFor(new URL(url, origin).pathname).map(({ name, value }) => [name, value])),
    putIn: (cookie) => {
      jar.set(`${cookie.name};/`, { ...cookie, path: '/' })
    },
  }
}

/** RFC 6265 section 5.2, as far as one host needs it. */
function parse(line: string, requestPath: string): { cookie: Cookie; isOver: boolean } {
  const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
  const [name, value] = split(pair)
  const found = new Map(
    attributes.map((part) => split(part)).map(([key, v]) => [key.toLowerCase(), v]),
  )
  const path = found.get('path') ?? requestPath
  const expires = found.get('expires')
  return { cookie: { name, value, path }, isOver: expires !== undefined && isPast(expires) }
}

function split(text: string): [string, string] {
  const at = text.indexOf('=')
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

// Whoever takes a cookie back dates it to 1970.
function isPast(date: string): boolean {
  return new Date(date).getFullYear() < 2000
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`)
}

/** The hidden fields and buttons' names of a page's form, and where it goes. */
export function formOf(page: BrowserPage): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]*\saction="([^"]*)"/.exec(page.text)?.[1]
  if (action === undefined) throw new Error(`no form at ${page.url.href}: ${page.text}`)
  const inputs = page.text.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)
  const fields: Record<string, string> = {}
  for (const [, name = '', value] of inputs) fields[name] = decode(value)
  return { action: decode(action), fields }
}

function decode(text = ''): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
}
