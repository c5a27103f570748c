import { element } from './element.ts'

/** On the page with new recovery codes: copies and prints them. */
const codes = element('recovery-codes', HTMLElement)
const copy = element('copy-codes', HTMLButtonElement)
const print = element('print-codes', HTMLButtonElement)
const status = element('codes-status', HTMLElement)

async function copyCodes(): Promise<void> {
  try {
    const all = [...codes.querySelectorAll('code')].map(({ textContent }) => textContent)
    await navigator.clipboard.writeText(all.join('\n'))
    status.textContent = 'Copied.'
  } catch {
    status.textContent = 'Your browser did not let us copy them.'
  }
}

copy.addEventListener('click', () => void copyCodes())
print.addEventListener('click', () => window.print())
// Only where the address is one that browsers trust with it.
copy.hidden = !('clipboard' in navigator)
print.hidden = false
