import { AxeBuilder } from '@axe-core/playwright'
import { expect } from 'chai'
import type { Page } from 'playwright-core'

/** WCAG 2.2 AA, and what the makers of axe advise beside it. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Fails with what axe finds wrong on the page as it is now, element by element. A page without
 * script is looked at with script turned on in another context: axe itself is one.
 */
export async function expectAccessible(page: Page): Promise<void> {
  // There are no frames, for which alone the other mode opens a page of its own.
  const axe = new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })
  const { violations, passes } = await axe.withTags(tags).analyze()
  const found = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message)
      return `${id} at ${target.join(' ')}: ${help} (${why.join('; ')})`
    }),
  )
  expect(found.join('\n'), `axe at ${page.url()}`).to.equal('')
  expect(passes.length, 'axe has looked at something').to.be.greaterThan(10)
}
