import { expect } from 'chai'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import {
  type ChangingDirectory,
  startChangingOpenldap,
  startChangingSamba,
} from '../support/changing-directory.ts'
import { startChromium } from '../support/chromium.ts'
import { eventually } from '../support/eventually.ts'
import { type LogoutApp, startLogoutApp } from '../support/logout-app.ts'
import { formerPassword } from '../support/openldap-people.ts'
import { type RenewingApp, startRenewingApp } from '../support/renewing-app.ts'
import { type System, startSystem } from '../support/start-system.ts'

const fresh = 'Close-the-Gate-9'

for (const [kind, start] of Object.entries({
  OpenLDAP: startChangingOpenldap,
  'Active Directory': startChangingSamba,
})) {
  describe(`changing a password with Chromium, in ${kind}`, function suite() {
    this.timeout(30_000)
    const ends = new AsyncDisposableStack()
    let directory: ChangingDirectory
    let system: System
    let logouts: LogoutApp
    let app: RenewingApp
    let chromium: Browser
    // Each has the time of a hook for itself, and what has started ends if another does not.
    before('a directory', async () => {
      directory = ends.use(await start())
    })
    before('a system', async () => {
      const { backends } = directory
      system = ends.use(await startSystem({ demo: true, backends }))
    })
    before('an app that is told of ended sessions', async () => {
      logouts = ends.use(await startLogoutApp())
      app = await startRenewingApp(system, logouts.url)
    })
    before('a browser', async () => {
      chromium = ends.adopt(await startChromium(), (browser) => browser.close())
    })
    after(() => ends.disposeAsync())

    /** A person with a browser of their own who has typed a name and the password of the past. */
    async function enter(username: string, options: BrowserContextOptions = {}): Promise<Page> {
      const page = await (await chromium.newContext(options)).newPage()
      await page.goto(`${system.issuer}/demo`)
      await page.getByRole('link', { name: 'Sign in', exact: true }).click()
      await signIn(page, username)
      return page
    }

    async function signIn(page: Page, username: string): Promise<void> {
      await page.getByLabel('User name').fill(username)
      await page.getByRole('button', { name: 'Next' }).click()
      await page.getByLabel('Password').fill(directory.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }

    /** @returns what the page then says, if it does not lead on */
    async function refused(page: Page, newPassword: string, old = directory.password) {
      await fillIn(page, newPassword, old)
      await page.getByRole('alert').waitFor()
      return (await page.getByRole('alert').locator('p').first().textContent()) ?? ''
    }

    async function fillIn(page: Page, newPassword: string, old = directory.password) {
      await page.getByLabel('Old password').fill(old)
      await page.getByLabel('New password', { exact: true }).fill(newPassword)
      await page.getByLabel('New password, again').fill(newPassword)
      // What comes next may look the same.
      const answered = page.waitForEvent('domcontentloaded')
      await page.getByRole('button', { name: /^Change / }).click()
      await answered
    }

    it('lets somebody whose password has expired choose another one, and signs them in', async () => {
      const page = await enter('expired@lab.test')
      expect(await page.textContent('main')).to.contain('Your password has expired.')
      await fillIn(page, fresh)
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
      const shown = await page.textContent('main')
      expect(shown).to.contain('lab:').and.to.contain('["pwd"]').and.to.contain('expired@lab.test')
    })

    it('needs no script and no mouse for it', async () => {
      const page = await enter('mustchange@lab.test', { javaScriptEnabled: false })
      expect(await page.textContent('main')).to.contain('Your password must be changed.')
      for (const [field, text] of Object.entries({
        password: directory.password,
        'new-password': fresh,
        'new-password-again': fresh,
      })) {
        await page.locator(`[name=${field}]:focus`).waitFor()
        await page.keyboard.type(text)
        await page.keyboard.press(field === 'new-password-again' ? 'Enter' : 'Tab')
      }
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
    })

    it('says why the new one will not do, word for word, and takes another one', async () => {
      const page = await enter('veteran@lab.test')
      const words: Readonly<Record<string, string>> = {
        'Xq7-wv': 'The new password is too short. Choose a longer one.',
        [formerPassword]: 'You have had this password before. Choose one that you have not used.',
        'P@ssword1!':
          'The new password is too easy to guess: there is little in it but common words. Choose another one.',
        'My-Veteran-Gate-9':
          'The new password has a name in it, yours or ours. Choose another one.',
        [directory.password]: 'The new password is the old one. Choose another one.',
        ...(kind === 'Active Directory' && {
          closethelowgate:
            'The new password is too simple. Mix small and capital letters, digits and other signs, and leave out your name.',
        }),
      }
      for (const [password, text] of Object.entries(words)) {
        expect(await refused(page, password)).to.equal(text)
      }
      expect(await refused(page, fresh, 'not the old one')).to.equal(
        'The old password is not right. Check it and try again.',
      )
      await fillIn(page, fresh)
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
    })

    it('lets somebody who is signed in change theirs, signs them out everywhere else, and tells apps', async () => {
      const username = 'changer1@lab.test'
      const [here, elsewhere] = [await enter(username), await enter(username)]
      const telephone = await app.signIn({ username, password: directory.password })
      for (const page of [here, elsewhere]) {
        await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
      }
      await here.goto(`${system.issuer}/account/password`)
      await fillIn(here, fresh)
      await here.getByRole('heading', { name: 'Your password is changed' }).waitFor()
      for (const page of [here, elsewhere]) {
        await page.goto(`${system.issuer}/demo/sign-in/app`)
      }
      await here.getByRole('heading', { name: /^Signed in/ }).waitFor()
      await elsewhere.getByLabel('User name').waitFor()
      const claims = telephone.claims()
      await eventually(() => {
        expect(logouts.heard).to.have.lengthOf(1)
        expect(logouts.heard[0]).to.include({ sub: claims?.sub, sid: claims?.['sid'] })
      })
      const answer: unknown = await app.refresh(telephone).catch((error: unknown) => error)
      expect(answer).to.include({ error: 'invalid_grant' })
    })

    it('has somebody who is not signed in do so first, and come back; without script', async () => {
      const context = await chromium.newContext({ javaScriptEnabled: false })
      const page = await context.newPage()
      await page.goto(`${system.issuer}/account/password`)
      await signIn(page, 'changer2@lab.test')
      await page.getByRole('heading', { name: 'Change your password' }).waitFor()
      expect(new URL(page.url()).search).to.equal('')
      expect(await refused(page, fresh, 'not the old one')).to.equal(
        'The old password is not right. Check it and try again.',
      )
      await fillIn(page, fresh)
      await page.getByRole('heading', { name: 'Your password is changed' }).waitFor()
      await page.goto(`${system.issuer}/account/password`)
      expect(await refused(page, directory.password, fresh)).to.equal(
        'You have had this password before. Choose one that you have not used.',
      )
    })

    it('tells somebody whose password expires soon, who may go on, or change it at once', async () => {
      const notice = { name: 'Your password expires soon' }
      const page = await enter('soon@lab.test')
      await page.getByRole('heading', notice).waitFor()
      expect(await page.textContent('main')).to.match(/It expires in [23] days\./)
      await page.getByRole('button', { name: 'Not now' }).click()
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
      await page.goto(`${system.issuer}/demo/sign-in/again`)
      await signIn(page, 'soon@lab.test')
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()

      const elsewhere = await enter('soon@lab.test', { javaScriptEnabled: false })
      await elsewhere.getByRole('heading', notice).waitFor()
      await elsewhere.getByRole('button', { name: 'Change it now' }).click()
      await fillIn(elsewhere, fresh)
      await elsewhere.getByRole('heading', { name: /^Signed in/ }).waitFor()
    })

    it('says so where it was changed a moment ago and has to be kept for a while', async () => {
      const page = await enter('keeper@lab.test')
      await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
      await page.goto(`${system.issuer}/account/password`)
      expect(await refused(page, fresh)).to.equal(
        'Your password was changed a short while ago and cannot be changed again yet.',
      )
    })

    // Active Directory lets nobody in with an expired one.
    if (kind === 'OpenLDAP') {
      it('tells somebody with an expired one how often it will do, and changes it then', async () => {
        const page = await enter('grace@lab.test')
        await page.getByRole('heading', { name: 'Your password has expired' }).waitFor()
        expect(await page.textContent('main')).to.contain('You can sign in with it once more.')
        await page.getByRole('button', { name: 'Not now' }).click()
        await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
        await page.goto(`${system.issuer}/demo/sign-in/again`)
        await signIn(page, 'grace@lab.test')
        expect(await page.textContent('main')).to.contain('Your password has expired. Choose')
        await fillIn(page, fresh)
        await page.getByRole('heading', { name: /^Signed in/ }).waitFor()
      })
    }

    it('says what to do instead where the agent may change none', async () => {
      const page = await enter('expired2@fixed.test')
      const text = await refused(page, fresh)
      expect(text).to.equal(
        'Your password was not changed. It cannot be changed here. Change it the way your organization has for that, or ask your help desk.',
      )
    })
  })
}
