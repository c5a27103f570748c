import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { startChromium } from '../test/support/chromium.ts'
import { startPageTour } from '../test/support/page-tour.ts'

/**
 * `npm run pictures`: takes every page of a running local mode into `docs/pictures/`, by day, by
 * night and on a phone. With names after it, only those: `npm run pictures -- consent`.
 */
const folder = join(import.meta.dirname, '../docs/pictures')

const variants: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 800, height: 760 }, colorScheme: 'light' },
  dark: { viewport: { width: 800, height: 760 }, colorScheme: 'dark' },
  narrow: { viewport: { width: 360, height: 740 }, colorScheme: 'light' },
}

async function main(only: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  await using tour = await startPageTour()
  const browser = await startChromium()
  try {
    for (const [variant, options] of Object.entries(variants)) {
      await tour.walk(browser, options, async (name, page) => {
        if (only.length > 0 && !only.includes(name)) return
        await page.screenshot({ path: join(folder, `${name}-${variant}.png`), fullPage: true })
        console.log(`${name}-${variant}.png`)
      })
    }
  } finally {
    await browser.close()
  }
}

await main(process.argv.slice(2))
