import { expect } from 'chai'
import type { BackendAnswer } from '../../../agent/backends/backend.ts'
import { asking, credentials } from '../../contracts/password-backend.ts'
import { asChanger } from '../../contracts/password-changer.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { openLdap } from '../../support/ldap-backend.ts'
import { password } from '../../support/openldap-people.ts'
import { type OpenldapServer, startOpenldap } from '../../support/start-openldap.ts'
import { startTcpProxy } from '../../support/tcp-proxy.ts'

describe('the ldap backend on a bad day', () => {
  let directory: OpenldapServer

  beforeEach(async () => {
    directory = await startOpenldap()
  })
  afterEach(() => directory.stop())

  describe('of the only server', () => {
    it('says that it is down, and signs people in as soon as it is back', async () => {
      await using ldap = await openLdap(directory)
      const ask = asking(ldap.backend)
      expect(short(await ask('ok', password))).to.equal('ok')
      await directory.kill()
      for (let count = 0; count < 3; count += 1) {
        expect(short(await ask('ok', password))).to.equal('unavailable directoryDown')
      }
      await directory.restart()
      expect(short(await ask('ok', password))).to.equal('ok')
      expect(short(await ask('ok', 'wrong'))).to.equal('wrongPassword')
    })

    it('starts before the directory does', async () => {
      await directory.kill()
      await using ldap = await openLdap(directory)
      const ask = asking(ldap.backend)
      const { outcome } = await ask('ok', password)
      expect(outcome).to.deep.equal({
        name: 'unavailable',
        reason: 'directoryDown',
        detail: `connect: ECONNREFUSED (${new URL(directory.ldapsUrl).host})`,
      })
      await directory.restart()
      expect(short(await ask('ok', password))).to.equal('ok')
    })

    it('says that it does not answer while it is frozen, to all in time', async () => {
      await using ldap = await openLdap(directory, { operationTimeout: 100, connectTimeout: 100 })
      const ask = asking(ldap.backend)
      expect(short(await ask('ok', password))).to.equal('ok')
      directory.pause()
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask('ok', password)))
      expect(new Set(answers.map(short))).to.deep.equal(new Set(['unavailable directoryTimeout']))
      directory.resume()
      // It has all the connections to get through that were given up meanwhile.
      await eventually(async () => short(await ask('ok', password)) === 'ok')
    })

    it('gives up when the question’s time is up, though the server might have longer', async () => {
      await using ldap = await openLdap(directory)
      expect(short(await asking(ldap.backend)('ok', password))).to.equal('ok')
      directory.pause()
      const signal = AbortSignal.timeout(50)
      const answer = await ldap.backend.verify({ ...credentials('ok', 'ok', password), signal })
      expect(short(answer)).to.equal('unavailable directoryTimeout')
      directory.resume()
    })

    it('says that it is down when its name is unknown', async () => {
      await using ldap = await openLdap(directory, { urls: ['ldaps://nowhere.invalid'] })
      const answer = await asking(ldap.backend)('ok', password)
      expect(short(answer)).to.equal('unavailable directoryDown')
      expect(answer.outcome).to.have.property('detail').that.contains('nowhere.invalid:636')
    })
  })

  describe('of one of two servers', () => {
    it('asks the second while the first is dead, and the first again when it is back', async () => {
      await using second = await startOpenldap()
      await using ldap = await openLdap(directory, {
        urls: [directory.url, second.url],
        insecure: true,
        coolDown: 20,
      })
      const ask = asking(ldap.backend)
      expect((await ask('ok', password)).directory).to.equal(directory.url)
      await directory.kill()
      for (let count = 0; count < 10; count += 1) {
        const answer = await ask('ok', password)
        expect([short(answer), answer.directory]).to.deep.equal(['ok', second.url])
      }
      await directory.restart()
      await eventually(async () => (await ask('ok', password)).directory === directory.url)
      await second.kill()
      expect((await ask('ok', password)).directory).to.equal(directory.url)
    })

    it('lets one question wait for a frozen server, and no other after it', async () => {
      await using second = await startOpenldap()
      await using ldap = await openLdap(directory, {
        urls: [directory.url, second.url],
        insecure: true,
        operationTimeout: 1_500,
        connectTimeout: 1_500,
        coolDown: 20,
      })
      const ask = asking(ldap.backend)
      expect((await ask('ok', password)).directory).to.equal(directory.url)
      directory.pause()
      const first = await ask('ok', password)
      expect([short(first), first.directory]).to.deep.equal(['ok', second.url])
      // Long enough for it to be tried out several times.
      for (const end = performance.now() + 2_000; performance.now() < end; ) {
        const signal = AbortSignal.timeout(1_200)
        const answer = await ldap.backend.verify({ ...credentials('ok', 'ok', password), signal })
        expect([short(answer), answer.directory]).to.deep.equal(['ok', second.url])
      }
      directory.resume()
      await eventually(async () => (await ask('ok', password)).directory === directory.url)
    })

    it('goes on when a server that was never there is named first', async () => {
      const urls = [`ldaps://127.0.0.1:${await freePort()}`, directory.ldapsUrl]
      await using ldap = await openLdap(directory, { urls })
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => asking(ldap.backend)('ok', password)),
      )
      expect(new Set(answers.map(short))).to.deep.equal(new Set(['ok']))
    })

    it('is down when both are', async () => {
      const urls = [`ldaps://127.0.0.1:${await freePort()}`, directory.ldapsUrl]
      await directory.kill()
      await using ldap = await openLdap(directory, { urls })
      const ask = asking(ldap.backend)
      expect(short(await ask('ok', password))).to.equal('unavailable directoryDown')
      await directory.restart()
      expect(short(await ask('ok', password))).to.equal('ok')
    })
  })

  describe('of the line in between', () => {
    const plainPort = () => Number(new URL(directory.url).port)
    const over = (port: number) => ({ urls: [`ldap://127.0.0.1:${port}`], insecure: true })

    it('searches again on a new connection when the old one turns out to be dead', async () => {
      let cuts = 0
      await using proxy = await startTcpProxy(plainPort(), {
        onSent: (piece, line) => {
          if (cuts > 0 || !piece.includes('nobody-in-particular')) return
          cuts += 1
          line.cut()
        },
      })
      await using ldap = await openLdap(directory, over(proxy.port))
      const ask = asking(ldap.backend)
      await ask('ok', password)
      expect(short(await ask('nobody-in-particular', password))).to.equal('unknownUser')
      expect(cuts).to.equal(1)
      expect(short(await ask('ok', password))).to.equal('ok')
    })

    it('never binds twice: a bind whose answer is lost may have counted', async () => {
      await using logging = await startOpenldap({ log: true })
      const bindsOf = (uid: string) =>
        logging
          .operations()
          .filter(({ kind, text }) => kind === 'BIND' && text.startsWith(`dn="uid=${uid},`))
          .filter(({ text }) => text.endsWith('method=128')).length
      let cutting = true
      await using proxy = await startTcpProxy(Number(new URL(logging.url).port), {
        onSent: (piece, line) => {
          if (cutting && piece.includes('uid=lockme')) line.cut()
        },
      })
      await using ldap = await openLdap(logging, over(proxy.port))
      const ask = asking(ldap.backend)
      await ask('ok', password)
      const answer = await ask('lockme', 'wrong')
      expect(short(answer)).to.equal('unavailable directoryDown')
      await eventually(() => bindsOf('lockme') === 1)
      cutting = false
      expect(short(await ask('lockme', password))).to.equal('ok')
      await eventually(() => bindsOf('lockme') === 2)
    })

    for (const [what, reason] of [
      ['breaks', 'directoryDown'],
      ['is silent', 'directoryTimeout'],
    ] as const) {
      it(`asks for a change once if it ${what} meanwhile, and no other server`, async () => {
        const newPassword = 'Fresh-Start-1'
        let trouble = true
        await using proxy = await startTcpProxy(plainPort(), {
          onSent: (piece, line) => {
            if (!trouble || !piece.includes(newPassword)) return
            trouble = false
            if (what === 'breaks') line.cut()
            else proxy.hold()
          },
        })
        await using other = await startOpenldap()
        const urls = [`ldap://127.0.0.1:${proxy.port}`, other.url]
        const some = { insecure: true, changePasswords: true, operationTimeout: 300 }
        await using ldap = await openLdap(directory, { ...some, urls })
        const typed = credentials('changer1@lab.test', 'changer1', password)
        const answer = await asChanger(ldap.backend).changePassword({ ...typed, newPassword })
        expect(short(answer)).to.equal(`unavailable ${reason}`)
        expect(answer.notTried).to.equal(undefined)

        proxy.mend()
        await using here = await openLdap(directory)
        await eventually(
          async () => short(await asking(here.backend)('changer1', newPassword)) === 'ok',
        )
        await using there = await openLdap(other)
        expect(short(await asking(there.backend)('changer1', password))).to.equal('ok')
      })
    }
  })
})

function short({ outcome }: BackendAnswer): string {
  return outcome.name === 'unavailable' ? `${outcome.name} ${outcome.reason}` : outcome.name
}
