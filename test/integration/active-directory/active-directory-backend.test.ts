import { expect } from 'chai'
import type { BackendAnswer } from '../../../agent/backends/backend.ts'
import { asking, credentials, passwordBackendContract } from '../../contracts/password-backend.ts'
import { password, zoePassword } from '../../support/openldap-people.ts'
import { openActiveDirectory } from '../../support/samba/active-directory-backend.ts'
import { type SambaServer, startSamba } from '../../support/samba/start-samba.ts'

describe('the active-directory backend', function suite() {
  this.timeout(30_000)
  let directory: SambaServer

  before(async () => {
    directory = await startSamba()
  })
  after(() => directory?.[Symbol.asyncDispose]())

  passwordBackendContract(async () => {
    const opened = await openActiveDirectory(directory, {
      claims: { preferred_username: { from: ['sAMAccountName'] } },
      groups: { only: ['apps', 'sales*'] },
    })
    return {
      backend: opened.backend,
      idOfOk: directory.idOfOk,
      groupsOfOk: ['apps', 'sales & marketing'],
      password,
      zoePassword,
      states: {
        soon: 'ok',
        neverexpires: 'ok',
        expired: 'passwordExpired',
        mustchange: 'mustChangePassword',
        locked: 'accountLocked',
        disabled: 'accountDisabled',
        acctexpired: 'accountExpired',
        hours: 'notNow',
        wks: 'notNow',
        smartcard: 'wrongPassword',
      },
      dispose: async () => opened[Symbol.asyncDispose](),
    }
  })

  describe('a name', () => {
    /** Who it lets in, or why nobody. */
    async function who(typed: string, more: Record<string, unknown> = {}): Promise<string> {
      await using opened = await openActiveDirectory(directory, more)
      const localName = typed.replace(/@lab\.test$/i, '')
      const { outcome } = await opened.backend.verify(credentials(typed, localName, password))
      return outcome.name === 'ok' ? String(outcome.account.claims['email']) : outcome.name
    }

    for (const typed of [
      'ok',
      'ok@lab.test',
      'OK@LAB.TEST',
      'LAB\\ok',
      'lab\\OK',
      'lab.test\\ok',
    ]) {
      it(`may be ${typed}`, async () => {
        expect(await who(typed)).to.equal('ok@lab.test')
      })
    }

    for (const typed of ['OTHER\\ok', 'ok@other.test', 'LAB\\ok@lab.test', '\\ok', 'LAB\\', '@']) {
      it(`is nobody’s if it is ${typed}`, async () => {
        expect(await who(typed)).to.equal('unknownUser')
      })
    }

    it('may have another suffix of the forest', async () => {
      expect(await who('al.ternate@alt.example')).to.equal('other.mail@mail.example')
    })

    it('may be a mail address where the settings say so, and is nobody’s otherwise', async () => {
      expect(await who('other.mail@mail.example')).to.equal('unknownUser')
      const byMail = { signInNames: ['userPrincipalName', 'mail'] }
      expect(await who('other.mail@mail.example', byMail)).to.equal('other.mail@mail.example')
      const byAlias = { signInNames: ['proxyAddresses'] }
      expect(await who('alias@mail.example', byAlias)).to.equal('other.mail@mail.example')
    })

    it('is that of the first rule which knows it, where two people could be meant', async () => {
      const upnFirst = { signInNames: ['userPrincipalName', 'mail'] }
      expect(await who('ok@lab.test', { ...upnFirst, claims: {} })).to.equal('ok@lab.test')
      const name = { claims: { email: { from: ['sAMAccountName'] } } }
      expect(await who('ok@lab.test', { ...upnFirst, ...name })).to.equal('ok')
    })

    it('is nobody’s if two people have it by the same rule, and the log says so', async () => {
      await using opened = await openActiveDirectory(directory, { signInNames: ['mail'] })
      const { outcome } = await asking(opened.backend)('twins', password)
      expect(outcome.name).to.equal('unknownUser')
      expect(opened.logged()).to.contain('more than one entry').and.not.to.contain('twins')
    })

    it('may have any letter that means something in a DN or a filter', async () => {
      expect(await who('comma')).to.equal('comma@lab.test')
    })
  })

  describe('groups', () => {
    const groupsOf = ({ outcome }: BackendAnswer) =>
      outcome.name === 'ok' ? outcome.account.claims['groups'] : outcome
    const ask = async (person: string, groups: Record<string, unknown>) => {
      await using opened = await openActiveDirectory(directory, { groups })
      return groupsOf(await asking(opened.backend)(person, password))
    }

    it('are all that Windows counts: nested ones, built-in ones and the primary one', async () => {
      expect(await ask('nested', {})).to.deep.equal([
        'Domain Users',
        'Users',
        'apps',
        'inner',
        'team',
      ])
    })

    it('are the nested ones alone by the rule in chain, and the direct ones by memberOf', async () => {
      expect(await ask('nested', { from: 'chain' })).to.deep.equal(['apps', 'inner', 'team'])
      expect(await ask('nested', { from: 'memberOf' })).to.deep.equal(['inner'])
      expect(await ask('nested', { from: 'none' })).to.equal(undefined)
    })

    it('are said to be none where those of others can be seen', async () => {
      for (const from of ['chain', 'memberOf']) {
        expect(await ask('changer1', { from }), from).to.deep.equal([])
      }
      expect(await ask('changer1', { only: ['apps'] })).to.deep.equal([])
    })

    for (const from of ['tokenGroups', 'chain']) {
      it(`come to an end where they are in a circle, by ${from}`, async () => {
        expect(await ask('loop', { from, only: ['loop*'] })).to.deep.equal(['loop-a', 'loop-b'])
      })

      it(`are all there if there are more than a server sends at once, by ${from}`, async () => {
        const all = await ask('many', { from, only: ['crowd*'], most: 2000 })
        expect(all).to.have.a.lengthOf(1200)
      })
    }

    it('can be told apart by their SIDs', async () => {
      const sids = await ask('nested', { as: 'sids', only: ['team'] })
      expect(sids).to.have.a.lengthOf(1)
      expect(sids)
        .to.have.nested.property('[0]')
        .that.matches(/^S-1-5-21(-\d+){4}$/)
    })

    it('are never cut short: somebody with too many is refused', async () => {
      expect(await ask('many', {})).to.include({ name: 'unavailable', reason: 'misconfigured' })
    })
  })

  it('says that an account is locked after five wrong passwords, whatever is typed then', async () => {
    await using opened = await openActiveDirectory(directory)
    const ask = asking(opened.backend)
    for (let time = 1; time <= 5; time += 1) {
      expect((await ask('lockme', `wrong ${time}`)).outcome.name).to.equal('wrongPassword')
    }
    expect((await ask('lockme', 'wrong')).outcome.name).to.equal('accountLocked')
    expect((await ask('lockme', password)).outcome.name).to.equal('accountLocked')
  })

  it('takes as long for a name that is nobody’s as for a wrong password', async () => {
    await using opened = await openActiveDirectory(directory)
    const ask = asking(opened.backend)
    const median = async (person: string) => {
      const times: number[] = []
      for (let time = 0; time < 31; time += 1) {
        const started = performance.now()
        await ask(person, 'wrong')
        times.push(performance.now() - started)
      }
      return times.toSorted((one, other) => one - other)[15] ?? 0
    }
    const somebody = await median('ok')
    const nobody = await median('nobody')
    expect(nobody / somebody).to.be.within(0.6, 1.7)
  })

  it('refuses to send a password readable through the network', async () => {
    const open = () => openActiveDirectory(directory, { urls: [directory.url] })
    expect(await open().then(() => 'opened', String)).to.contain('readable through the network')
  })

  it('encrypts by StartTLS', async () => {
    await using opened = await openActiveDirectory(directory, {
      urls: [directory.url],
      startTls: true,
    })
    expect((await asking(opened.backend)('ok', password)).outcome.name).to.equal('ok')
  })

  it('says that the directory is down, and no word of the password, until it is back', async () => {
    await using opened = await openActiveDirectory(directory, { coolDown: 100 })
    const ask = asking(opened.backend)
    await directory.kill()
    expect((await ask('ok', password)).outcome).to.include({ reason: 'directoryDown' })
    await directory.restart()
    let outcome = 'unavailable'
    const until = performance.now() + 10_000
    while (outcome === 'unavailable' && performance.now() < until) {
      outcome = (await ask('ok', password)).outcome.name
    }
    expect(outcome).to.equal('ok')
  })
})
