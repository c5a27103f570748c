import { type HttpResponse, location, openConnection, setCookies } from './http-connection.ts'

/**
 * Just enough of a browser for one sign-in: cookies with their paths, redirects, forms. One
 * connection, which is its own.
 */
export interface Browser {
  open(url: string): Promise<Page>
  /** Sends the form that asks for most of what is known, with that filled in. */
  submit(page: Page, known: Readonly<Record<string, string>>): Promise<Page>
  /** A request that is not the person's: no cookies, no redirects followed. */
  post(url: string, body: string, headers: Readonly<Record<string, string>>): Promise<Page>
  /** How many requests it has sent. */
  requests(): number
  close(): void
}

export interface Page {
  readonly url: URL
  readonly status: number
  readonly text: string
}

const mostRedirects = 10

/** @param origin where it may go; a redirect to any other place is where it stops */
export function openBrowser(origin: string): Browser {
  const { host, port } = new URL(origin)
  const connection = openConnection(Number(port))
  const cookies = new Map<string, Cookie>()
  let count = 0

  function send(url: URL, headers: Readonly<Record<string, string>>, body?: string) {
    count += 1
    const path = url.pathname + url.search
    if (body === undefined) {
      return connection.send({ method: 'GET', path, headers: { ...headers, host } })
    }
    const sent = { host, 'content-type': 'application/x-www-form-urlencoded', ...headers }
    return connection.send({ method: 'POST', path, headers: sent, body })
  }

  async function visit(url: URL, body?: string): Promise<HttpResponse> {
    const cookie = cookiesFor(cookies, url.pathname)
    const response = await send(url, cookie === '' ? {} : { cookie }, body)
    for (const line of setCookies(response)) keepCookie(cookies, line, url)
    return response
  }

  async function go(to: URL, form?: string): Promise<Page> {
    let url = to
    let body = form
    for (let redirects = 0; redirects <= mostRedirects; redirects += 1) {
      const response = await visit(url, body)
      const { status, text } = response
      const next = location(response)
      if (next === undefined) return { url, status, text }
      url = new URL(next, url)
      body = undefined
      if (url.origin !== origin) return { url, status, text: '' }
    }
    throw new Error(`redirected in a circle at ${url.href}`)
  }

  return {
    open: (url) => go(new URL(url)),
    submit: (page, known) => {
      const form = formFor(page, known)
      const body = new URLSearchParams(form.fields).toString()
      return go(new URL(form.action, page.url), body)
    },
    post: async (address, body, headers) => {
      const url = new URL(address)
      const { status, text } = await send(url, headers, body)
      return { url, status, text }
    },
    requests: () => count,
    close: () => connection.close(),
  }
}

interface Cookie {
  readonly name: string
  readonly value: string
  readonly path: string
}

// RFC 6265 section 5.3, as far as one host and one sign-in need it: a name may stand once for each
// path, and an empty value is how a cookie is taken back.
function keepCookie(cookies: Map<string, Cookie>, line: string, from: URL): void {
  const [pair = '', ...attributes] = line.split(';')
  const at = pair.indexOf('=')
  const name = pair.slice(0, at).trim()
  const value = pair.slice(at + 1).trim()
  const stated = attributes.find((one) => one.trim().toLowerCase().startsWith('path='))
  const path = stated?.trim().slice(5) ?? from.pathname.slice(0, from.pathname.lastIndexOf('/'))
  const key = `${name} ${path}`
  if (value === '') cookies.delete(key)
  else cookies.set(key, { name, value, path })
}

// RFC 6265 section 5.1.4
function cookiesFor(cookies: ReadonlyMap<string, Cookie>, path: string): string {
  const sent: string[] = []
  for (const cookie of cookies.values()) {
    const under = cookie.path.endsWith('/') ? cookie.path : `${cookie.path}/`
    if (path === cookie.path || path.startsWith(under)) sent.push(`${cookie.name}=${cookie.value}`)
  }
  return sent.join('; ')
}

interface Form {
  readonly action: string
  readonly fields: Readonly<Record<string, string>>
}

function formFor(page: Page, known: Readonly<Record<string, string>>): Form {
  const forms = [...page.text.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/g)].map(
    ([, attributes = '', content = '']) => {
      const asked = [...content.matchAll(/<input\b([^>]*)>/g)].flatMap(([, input = '']) => {
        const name = attribute(input, 'name')
        return name === undefined ? [] : [[name, attribute(input, 'value') ?? ''] as const]
      })
      const fields = asked.map(([name, value]) => [name, known[name] ?? value] as const)
      const answers = fields.filter(([name]) => name in known).length
      const action = attribute(attributes, 'action') ?? page.url.href
      return { action, fields: Object.fromEntries(fields), answers }
    },
  )
  const [first] = forms.toSorted((one, other) => other.answers - one.answers)
  if (first === undefined) {
    throw new Error(`no form at ${page.url.href} (${page.status}):\n${page.text}`)
  }
  return first
}

function attribute(text: string, name: string): string | undefined {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1]
  return value?.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
