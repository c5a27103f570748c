import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse, stringify } from 'yaml'
import { systemClock } from '../../../shared/clock.ts'
import { type BrowserSession, createBrowser } from '../../support/browser-session.ts'
import { type OpenldapAdmin, openldapAdmin } from '../../support/change-openldap.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { type LogoutApp, startLogoutApp } from '../../support/logout-app.ts'
import { password } from '../../support/openldap-people.ts'
import { type PosternProcess, startPostern } from '../../support/postern-process.ts'
import { type RenewingApp, startRenewingApp } from '../../support/renewing-app.ts'
import { type System, startSystem } from '../../support/start-system.ts'

/** Two provider processes and an agent, each by itself, and a directory that an admin changes. */
describe('after a sign-in, with OpenLDAP and an agent', function () {
  this.timeout(60_000)
  let logouts: LogoutApp
  let system: System
  let second: PosternProcess
  let secondOrigin: string
  let admin: OpenldapAdmin
  let app: RenewingApp

  before(async () => {
    logouts = await startLogoutApp()
    const accountChecks = { every: 1, goOnFor: 3 }
    system = await startSystem({ people: 10, provider: { accountChecks } })
    admin = openldapAdmin(system.directory)
    app = await startRenewingApp(system, logouts.url)
    secondOrigin = await startSecond()
  })
  after(async () => {
    await second?.stop()
    await system?.[Symbol.asyncDispose]()
    await logouts?.[Symbol.asyncDispose]()
  })

  async function startSecond(): Promise<string> {
    const port = await freePort()
    const file = (name: string) => join(system.folder, name)
    const settings = parse(await readFile(file('provider.yaml'), 'utf8')) as object
    const other = { ...settings, listen: { host: '127.0.0.1', port } }
    await writeFile(file('second.yaml'), stringify(other))
    second = startPostern(['serve', '--config', file('second.yaml')])
    await second.says('provider ready')
    await second.says('agent heard')
    return `http://localhost:${port}`
  }

  const newBrowser = () => createBrowser(new URL(system.issuer).origin)
  const signIn = (username: string, browser = newBrowser()) =>
    app.signIn({ username, password }, browser)
  const asksWho = async (browser: BrowserSession) =>
    (await app.open(browser)).text.includes('name="username"')

  const ends: Record<string, (person: string) => Promise<void>> = {
    'is disabled': (person) => admin.set(person, 'pwdAccountLockedTime', '000001010000Z'),
    'is deleted': (person) => admin.remove(person),
    'has expired': (person) => admin.set(person, 'pwdEndTime', '20200101000000Z'),
    'has another password': (person) => admin.set(person, 'userPassword', 'Changed-By-Somebody-1'),
  }
  for (const [index, [name, change]] of Object.entries(ends).entries()) {
    it(`an account that ${name} ends its session, at every process, and tells the app`, async () => {
      const person = `u00000${index + 1}`
      const browser = newBrowser()
      const tokens = await signIn(person, browser)
      const told = logouts.heard.length
      await change(person)

      const { error, newest } = await app.untilAsked(tokens)

      expect(error).to.equal('invalid_grant')
      expect((await app.refreshAt(secondOrigin, newest)).status).to.equal(400)
      expect(logouts.heard).to.have.length(told + 1)
      const claims = tokens.claims()
      expect(logouts.heard.at(-1)).to.include({ sub: claims?.sub, sid: claims?.['sid'] })
      expect(await asksWho(browser)).to.equal(true)
    })
  }

  const keeps: Record<string, (person: string) => Promise<void>> = {
    'is locked for a while': (person) => admin.set(person, 'pwdAccountLockedTime', now()),
    'has to change the password': (person) => admin.set(person, 'pwdReset', 'TRUE'),
  }
  for (const [index, [name, change]] of Object.entries(keeps).entries()) {
    it(`an account that ${name} keeps its session`, async () => {
      const person = `u00000${index + 5}`
      const browser = newBrowser()
      const tokens = await signIn(person, browser)
      await change(person)

      const { error } = await app.untilAsked(tokens)

      expect(error).to.equal(undefined)
      expect(await asksWho(browser)).to.equal(false)
    })
  }

  it('a new name and new groups reach the app, whichever process it asks', async () => {
    const tokens = await signIn('u000007')
    await admin.set('u000007', 'cn', 'Grete Neu')
    await admin.joins('u000007', 'apps')

    const { newest } = await app.untilAsked(tokens)

    const told = await fetch(`${secondOrigin}/userinfo`, {
      headers: { authorization: `Bearer ${newest.access_token}` },
    })
    const { name, groups } = (await told.json()) as { name: string; groups: string[] }
    expect(name).to.equal('Grete Neu')
    expect(groups).to.include('apps')
  })

  it('an end that one process has found is known to the other without asking', async () => {
    const [laptop, telephone] = [await signIn('u000008'), await signIn('u000008')]
    await admin.set('u000008', 'pwdAccountLockedTime', '000001010000Z')
    expect((await app.untilAsked(laptop)).error).to.equal('invalid_grant')
    await admin.set('u000008', 'pwdAccountLockedTime')

    expect((await app.refreshAt(secondOrigin, telephone)).status).to.equal(400)
  })

  it('goes on for a while without a directory, then refuses, and goes on when it is back', async () => {
    const tokens = await signIn('u000009')
    await system.directory.kill()
    let { newest } = await app.untilAsked(tokens)
    const untilAnswers = (wanted: number) =>
      eventually(
        async () => {
          const answer = await app.refreshAt(secondOrigin, newest)
          if (answer.status === 200) newest = answer.tokens
          return answer.status === wanted
        },
        { within: 20_000 },
      )
    await untilAnswers(503)
    await system.directory.restart()

    await untilAnswers(200)
  })
})

/** Generalized time (RFC 4517 section 3.3.13). */
function now(): string {
  return new Date(systemClock.now()).toISOString().replace(/\.\d+/, '').replaceAll(/[-:T]/g, '')
}
