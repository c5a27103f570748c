import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { type BrowserPage, createBrowser, formOf } from '../../support/browser-session.ts'
import { startChromium } from '../../support/chromium.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { answerSignIn, type LocalMode, startLocalMode } from '../../support/local-mode.ts'
import { oathtool } from '../../support/oathtool.ts'
import { createRelyingParty } from '../../support/relying-party.ts'
import { runPostern } from '../../support/run-postern.ts'

/** Every program of `docs/apps.md`, run as it stands there; only addresses are replaced. */
const root = fileURLToPath(new URL('../../../', import.meta.url))
const page = readFileSync(join(root, 'docs/apps.md'), 'utf8')
const alice = { username: 'alice', password: 'postern' }

describe('docs/apps.md', function () {
  this.timeout(60_000)

  let local: LocalMode
  let folder: string
  before(async () => {
    local = await startLocalMode()
    folder = await mkdtemp(join(tmpdir(), 'postern-apps-'))
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  })
  after(async () => {
    await local[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** A block by what it begins with or contains, with this test's addresses. */
  function block(language: string, mark: string, port = 0): string {
    const blocks = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))]
    const found = blocks.map(([, text = '']) => text).find((text) => text.includes(mark))
    if (found === undefined) throw new Error(`no ${language} block with ${mark}`)
    return found
      .replaceAll('http://localhost:9000', local.announced.issuer)
      .replaceAll(/\b300[0-2]\b/g, String(port))
  }

  async function program(name: string, port?: number): Promise<Program> {
    const file = join(folder, name)
    await writeFile(file, block('js', `// ${name}`, port))
    return startProgram(file)
  }

  /** Through Postern's pages as alice, and on to where they lead. */
  async function signIn(address: string | URL): Promise<BrowserPage> {
    const browser = local.browser()
    return answerSignIn(browser, await browser.open(address), alice)
  }

  async function shell(text: string, env: Record<string, string> = {}): Promise<string> {
    const { stdout } = await promisify(execFile)('sh', ['-ec', text], {
      env: { ...process.env, ...env },
    })
    return stdout
  }

  it('finds what an app needs in discovery', async () => {
    const found = JSON.parse(await shell(block('sh', '.well-known'))) as { issuer: string }
    expect(found.issuer).to.equal(local.announced.issuer)
  })

  it('names people and apps that local mode has', () => {
    const { clients, users } = local.announced
    const named = [...page.matchAll(/`(demo-(?:app|spa|device|service|orders-api|partner))`/g)]
    expect(new Set(named.map(([, id]) => id))).to.deep.equal(
      new Set(clients.map(({ client_id }) => client_id)),
    )
    for (const name of ['alice', 'bob', 'zoë']) {
      expect(users.find(({ username }) => username === name)?.outcome).to.equal('ok')
      expect(page).to.contain(`\`${name}\``)
    }
  })

  it('web-app.mjs signs in and out', async () => {
    const port = await freePort()
    await using app = await program('web-app.mjs', port)
    await app.listens(port)
    const browser = createBrowser(`http://localhost:${port}`)
    expect((await browser.open('/')).text).to.contain('Sign in')
    const back = await signIn((await browser.open('/sign-in')).url)
    expect((await browser.open(back.url)).text).to.contain('Hello, Alice Liddell')

    const leaving = await browser.open('/sign-out')
    expect(leaving.url.href).to.contain(`${local.announced.issuer}/logout?`)
    const asked = await local.browser().open(leaving.url)
    expect(asked.status).to.equal(200)
    expect((await browser.open('/')).text).to.contain('Sign in')
  })

  it('web-app.mjs says so when the person does not sign in', async () => {
    const port = await freePort()
    await using app = await program('web-app.mjs', port)
    await app.listens(port)
    const browser = createBrowser(`http://localhost:${port}`)
    const idp = local.browser()
    const asked = await idp.open((await browser.open('/sign-in')).url)
    const [, cancel = ''] = /action="([^"]+\/cancel)"/.exec(asked.text) ?? []
    const back = await idp.submit(cancel, {})
    expect(back.url.searchParams.get('error')).to.equal('access_denied')
    expect((await browser.open(back.url)).status).to.equal(400)
  })

  it('index.html and page.js sign in, in Chromium', async () => {
    await writeFile(join(folder, 'index.html'), block('html', '<!-- index.html -->'))
    await writeFile(join(folder, 'page.js'), block('js', '// page.js'))
    await using site = await serveFiles(folder)
    const chromium = await startChromium()
    try {
      const tab = await chromium.newPage()
      await tab.goto(site.address)
      await tab.getByRole('button', { name: 'Sign in' }).click()
      await tab.getByLabel('User name').fill(alice.username)
      await tab.getByRole('button', { name: 'Next' }).click()
      await tab.getByLabel('Password').fill(alice.password)
      await tab.getByRole('button', { name: 'Sign in' }).click()
      await tab.getByText('Hello, Alice Liddell').waitFor()
      expect(tab.url(), 'the code stays in the address').to.equal(site.address)
    } finally {
      await chromium.close()
    }
  })

  it('desktop.mjs signs in through the browser of the person', async () => {
    await using app = await program('desktop.mjs')
    const back = await signIn(await app.address())
    expect(await (await fetch(back.url)).text()).to.contain('You can close this window')
    expect(await app.ended()).to.match(/^Signed in: local:/m)
  })

  it('device.mjs signs in on another screen', async () => {
    await using app = await program('device.mjs')
    const browser = local.browser()
    const code = formOf(await browser.open(await app.address('or open ')))
    const confirmation = formOf(await browser.submit(code.action, code.fields))
    const asked = await browser.submit(confirmation.action, confirmation.fields)
    await answerSignIn(browser, asked, alice)
    expect(await app.ended()).to.match(/^Signed in: local:/m)
  })

  it('a service gets a token, with which api.mjs lets it in, and nobody without', async () => {
    const port = await freePort()
    await using api = await program('api.mjs', port)
    await api.listens(port)
    const said = await shell(block('sh', 'client_credentials', port))
    expect(said).to.equal('The orders that demo-service may see')
    expect((await fetch(`http://localhost:${port}/orders`)).status).to.equal(401)
  })

  it('transfers-api.mjs asks for a second factor, and transfer.mjs comes back with one', async () => {
    const port = await freePort()
    await using api = await program('transfers-api.mjs', port)
    await api.listens(port)
    await using app = await program('transfer.mjs', port)
    const browser = local.browser()
    const first = await browser.open(await app.address('Sign in: '))
    await fetch((await answerSignIn(browser, first, alice)).url)

    const asked = await browser.open(await app.address('More is asked for: '))
    const submit = (form: string, fields: Record<string, string>) =>
      browser.submit(`${asked.url.pathname}/${form}`, fields)
    const setUp = await submit('enrol', { method: 'totp' })
    const secret = /class="typed-secret">([^<]+)</.exec(setUp.text)?.[1] ?? ''
    const [, challenge = ''] = /name="challenge" value="([^"]+)"/.exec(setUp.text) ?? []
    await submit('enrolment', { challenge, code: await oathtool(secret) })
    const back = await submit('no-codes', {})
    await fetch(back.url)
    expect(await app.ended()).to.match(/^Transferred by local:/m)
  })

  it('an API asks what a token is worth that is no JWT', async () => {
    const app = { clientId: 'demo-app', clientSecret: 'demo-secret' }
    const party = await createRelyingParty(local.announced.issuer, app)
    const result = await party.signIn(alice.username, alice.password)
    if (result.kind !== 'tokens') throw new Error(result.text)
    const said = await shell(block('sh', '/introspect'), { TOKEN: result.tokens.access_token })
    expect(JSON.parse(said)).to.include({ active: true, client_id: 'demo-app' })
  })

  it('shows a client file without mistakes', async () => {
    const file = join(folder, 'orders.yaml')
    await writeFile(file, block('yaml', 'client_id: orders'))
    expect((await runPostern(['check', file])).stdout).to.equal(`${file}: client, no mistakes\n`)
  })
})

interface Program extends AsyncDisposable {
  /** Resolves when it answers on a port of this machine. */
  listens(port: number): Promise<void>
  /** The address that it prints after these words. */
  address(after?: string): Promise<string>
  /** Its output, when it has ended by itself. */
  ended(): Promise<string>
}

function startProgram(file: string): Program {
  const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'exit')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
  }
  return {
    listens: (port) =>
      eventually(async () => (await fetch(`http://localhost:${port}/`)).status > 0, {
        within: 10_000,
      }),
    address: async (after = ': ') => {
      await eventually(() => output.endsWith('\n') && output.includes(after), { within: 10_000 })
      return output.slice(output.indexOf(after) + after.length).split('\n', 1)[0] ?? ''
    },
    ended: async () => {
      const [code] = (await exited) as [number | null]
      if (code !== 0) throw new Error(output)
      return output
    },
    [Symbol.asyncDispose]: () => end(child, exited),
  }
}

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await exited
}

const types: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript' }

async function serveFiles(folder: string): Promise<{ address: string } & AsyncDisposable> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    const file = join(folder, path === '/' ? 'index.html' : path)
    readFile(file).then(
      (content) => response.setHeader('content-type', types[extname(file)] ?? '').end(content),
      () => response.writeHead(404).end(),
    )
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
