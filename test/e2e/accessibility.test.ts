import { expect } from 'chai'
import { expectAccessible } from '../support/accessible.ts'
import { startChromium } from '../support/chromium.ts'
import { startPageTour } from '../support/page-tour.ts'

describe('accessibility', () => {
  it('is what axe finds no fault with, on every page', async function () {
    this.timeout(120_000)
    await using tour = await startPageTour()
    await using stack = new AsyncDisposableStack()
    const browser = stack.adopt(await startChromium(), (one) => one.close())
    const seen: string[] = []
    await tour.walk(browser, {}, async (name, page) => {
      await expectAccessible(page)
      seen.push(name)
    })
    expect(seen.length).to.be.greaterThan(20)
  })
})
