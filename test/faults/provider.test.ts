import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { type BrowserPage, createBrowser, formOf } from '../support/browser-session.ts'
import { claimsIn } from '../support/claims.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/free-port.ts'
import { personBinds } from '../support/person-binds.ts'
import { type PosternProcess, startPostern } from '../support/postern-process.ts'
import { type System, startSystem } from '../support/start-system.ts'
import { startTcpProxy } from '../support/tcp-proxy.ts'

describe('when a provider process fails', () => {
  let system: System
  let other: PosternProcess
  let otherPort: number
  before(async function startBoth() {
    this.timeout(20_000)
    system = await startSystem({ directoryLog: true })
    otherPort = await freePort()
    other = await startOther(system, otherPort)
  })
  after(async () => {
    await other?.stop()
    await system?.[Symbol.asyncDispose]()
  })

  it('another one goes on with the sign-in of the same browser', async () => {
    const browser = createBrowser(system.issuer)
    const page = await browser.open(authorization(system.issuer))
    const { password } = system.directory
    const passwordPage = await browser.submit(formOf(page).action, { username: 'u000001@lab.test' })
    const enter = (): Promise<BrowserPage> =>
      browser.submit(`${passwordPage.url.href}/password`, {
        username: 'u000001@lab.test',
        password,
      })

    system.directory.pause()
    const cutOff = enter().then(
      () => 'answered',
      () => 'cut off',
    )
    await eventually(async () => (await claimsIn(system)).size === 1)
    await system.provider.stop('SIGKILL')
    expect(await cutOff).to.equal('cut off')
    // What a load balancer does.
    const port = Number(new URL(system.issuer).port)
    await using _ = await startTcpProxy(otherPort, { port })
    system.directory.resume()
    const end = await enter()
    expect(end.hasLeft).to.equal(true)
    expect(end.url.searchParams.get('code')).to.be.a('string')
    // Once for each time that it was sent.
    await eventually(() => personBinds(system.directory).get('u000001') === 2)
  }).timeout(30_000)
})

async function startOther(system: System, port: number): Promise<PosternProcess> {
  const text = await readFile(join(system.folder, 'provider.yaml'), 'utf8')
  const settings = { ...(parse(text) as object), listen: { host: '127.0.0.1', port } }
  const file = join(system.folder, 'other-provider.yaml')
  await writeFile(file, stringify(settings), { mode: 0o600 })
  const process = startPostern(['serve', '--config', file])
  await process.says('provider ready')
  await process.says('agent heard')
  return process
}

function authorization(issuer: string): URL {
  const url = new URL('/authorize', issuer)
  url.search = new URLSearchParams({
    client_id: 'test-app',
    redirect_uri: 'http://127.0.0.1:9/callback',
    response_type: 'code',
    scope: 'openid',
    state: 'a-state',
    code_challenge: 'c'.repeat(43),
    code_challenge_method: 'S256',
  }).toString()
  return url
}
