import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { expectAccessible } from '../support/accessible.ts'
import { startChromium } from '../support/chromium.ts'
import { startPageTour } from '../support/page-tour.ts'

describe('accessibility', function () {
  this.timeout(120_000)
  let browser: Browser
  before(async () => {
    browser = await startChromium()
  })
  after(() => browser.close())

  it('is what axe finds no fault with, on every page', async () => {
    await using tour = await startPageTour()
    const seen: string[] = []
    await tour.walk(browser, {}, async (name, page) => {
      await expectAccessible(page)
      seen.push(name)
    })
    expect(seen.length).to.be.greaterThan(20)
  })

  it('is more than a page with a field of no name has', async () => {
    const page = await browser.newPage()
    await page.setContent('<html lang="en"><title>Odd</title><main><h1>Odd</h1><input></main>')
    const thrown = await expectAccessible(page).catch((error: unknown) => error)
    expect(thrown).to.have.property('actual').that.contains('label at input')
  })
})
