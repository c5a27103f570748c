import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hash } from '@node-rs/argon2'
import { expect } from 'chai'
import * as client from 'openid-client'
import { stringify } from 'yaml'
import { systemClock } from '../../../shared/clock.ts'
import { createBrowser } from '../../support/browser-session.ts'
import { eventually } from '../../support/eventually.ts'
import { type RenewingApp, startRenewingApp } from '../../support/renewing-app.ts'
import { type System, startSystem } from '../../support/start-system.ts'

/** A provider, and an agent with a file of people that somebody edits while both run. */
describe('after a sign-in, with people in a file', function () {
  this.timeout(30_000)
  const password = 'a-password-of-the-test'
  let folder: string
  let system: System
  let app: RenewingApp
  let people: Map<string, object>

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postern-people-'))
    people = await firstPeople()
    await write()
    const backend = { type: 'file', file: join(folder, 'people.yaml'), changePasswords: true }
    const realms = [{ name: 'lab', suffixes: ['lab.test'], backend }]
    system = await startSystem({
      provider: {
        accountChecks: { every: 1 },
        realms: [{ name: 'lab', suffixes: ['lab.test'], default: true, changePasswords: true }],
      },
      agent: { realms },
    })
    app = await startRenewingApp(system)
  })
  after(async () => {
    await system?.[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function firstPeople(): Promise<Map<string, object>> {
    const names = ['ann', 'ben', 'cleo', 'dan', 'eve', 'fay']
    const passwordHash = await cheapHash(password)
    return new Map(
      names.map((username) => {
        const state = username === 'eve' && { state: 'mustChangePassword' }
        return [username, { username, id: `${username}-id`, passwordHash, claims: {}, ...state }]
      }),
    )
  }
  const write = async () => {
    const file = join(folder, 'people.yaml')
    await writeFile(`${file}.new`, stringify({ users: [...people.values()] }))
    await rename(`${file}.new`, file)
  }
  const change = async (person: string, more: object) => {
    people.set(person, { ...people.get(person), ...more })
    await write()
  }

  const newBrowser = () => createBrowser(new URL(system.issuer).origin)
  const signIn = (username: string, newPassword = '') =>
    app.signIn({ username, password, newPassword })

  it('somebody who is taken out of it is out', async () => {
    const tokens = await signIn('ann')
    people.delete('ann')
    await write()

    expect((await app.untilAsked(tokens)).error).to.equal('invalid_grant')
  })

  it('so is somebody whose state says so', async () => {
    const tokens = await signIn('ben')
    await change('ben', { state: 'accountDisabled' })

    expect((await app.untilAsked(tokens)).error).to.equal('invalid_grant')
  })

  it('and somebody whose password is another one', async () => {
    const tokens = await signIn('cleo')
    await change('cleo', { passwordHash: await cheapHash('another-password') })

    expect((await app.untilAsked(tokens)).error).to.equal('invalid_grant')
  })

  it('new groups reach the app', async () => {
    const tokens = await signIn('dan')
    await change('dan', { claims: { groups: ['sales'] } })

    const { newest } = await app.untilAsked(tokens)

    const told = await client.fetchUserInfo(app.config, newest.access_token, 'lab:dan-id')
    expect(told['groups']).to.deep.equal(['sales'])
  })

  it('a password that was changed at /account/password ends all but that very browser', async () => {
    const [browser, other] = [newBrowser(), newBrowser()]
    const elsewhere = await app.signIn({ username: 'fay', password }, other)
    await app.signIn({ username: 'fay', password }, browser)
    const secondsBefore = Math.floor(systemClock.now() / 1000)
    await eventually(() => Math.floor(systemClock.now() / 1000) > secondsBefore)
    const newPassword = 'Fresh-Start-4711'
    const again = { 'new-password': newPassword, 'new-password-again': newPassword }
    const done = await browser.submit('/account/password', { username: 'fay', password, ...again })
    expect(done.text).to.contain('Your password is changed')

    expect((await app.untilAsked(elsewhere)).error).to.equal('invalid_grant')
    expect((await app.open(browser)).hasLeft, 'signed in still').to.equal(true)
    expect((await app.open(other)).hasLeft).to.equal(false)
    const tokens = await app.signIn({ username: 'fay', password: newPassword }, browser)
    expect((await app.untilAsked(tokens)).error).to.equal(undefined)
  })

  it('a password that was changed on the way into this very session does not end it', async () => {
    const tokens = await signIn('eve', 'Fresh-Start-4711')

    expect((await app.untilAsked(tokens)).error).to.equal(undefined)
    expect(await readFile(join(folder, 'people.yaml'), 'utf8')).to.contain('mustChange')
  })
})

// The least that argon2 allows: these tests are not about its strength.
function cheapHash(text: string): Promise<string> {
  return hash(text, { memoryCost: 8, timeCost: 1, parallelism: 1 })
}
