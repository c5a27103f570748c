import { element } from './element.ts'
import { createdFrom, foundFrom, toJson } from './passkey-json.ts'
import { wordsForFailure } from './passkey-words.ts'

/**
 * On every page that asks for a passkey, or makes one: has the browser do so when the button is
 * pressed, and sends what it answers with the form. Where people type their user name it also
 * offers their passkeys among the names that the browser knows, and since that page may stay open
 * for long, it gets another challenge before the old one is too old.
 */
const form = element('passkey-form', HTMLFormElement)
const answer = element('passkey-answer', HTMLInputElement)
const status = element('passkey-status', HTMLElement)
const button = element('passkey-button', HTMLButtonElement)

const isNew = form.dataset['purpose'] === 'enrol'
type Options = { readonly timeout?: number }
let options = JSON.parse(form.dataset['options'] ?? '{}') as Options
const isKnown = typeof PublicKeyCredential === 'function'

// Milliseconds: one minute less than a challenge is good for.
const goodFor = 4 * 60_000
let begunAt = performance.now()

/** If it cannot be had, the provider says why when it gets an answer to the old one. */
async function renewChallenge(): Promise<boolean> {
  const address = form.dataset['anew']
  if (address === undefined || performance.now() - begunAt < goodFor) return false
  try {
    const response = await fetch(address, { headers: { accept: 'application/json' } })
    if (!response.ok) return false
    const anew = (await response.json()) as { challenge: string; options: Options }
    element('passkey-challenge', HTMLInputElement).value = anew.challenge
    options = anew.options
    begunAt = performance.now()
    return true
  } catch {
    return false
  }
}

/** What the browser offers by itself until the person asks for more: one thing at a time. */
let autofill: AbortController | undefined

function say(text: string): void {
  status.textContent = text
}

function send(credential: Credential | null): void {
  if (!(credential instanceof PublicKeyCredential)) return
  answer.value = JSON.stringify(toJson(credential))
  say('One moment …')
  // Not `requestSubmit()`: that would come back here.
  form.submit()
}

async function ask(): Promise<void> {
  autofill?.abort()
  button.disabled = true
  say('Your browser is asking you …')
  await renewChallenge()
  const begun = performance.now()
  try {
    send(
      isNew
        ? await navigator.credentials.create({ publicKey: createdFrom(options) })
        : await navigator.credentials.get({ publicKey: foundFrom(options) }),
    )
  } catch (failure) {
    const isTooLate = performance.now() - begun >= (options.timeout ?? Number.POSITIVE_INFINITY)
    say(wordsForFailure(failure, { isNew, isTooLate }))
    button.disabled = false
    void offerInAutofill()
  }
}

async function offerInAutofill(): Promise<void> {
  if (form.dataset['autofill'] === undefined) return
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return
  autofill = new AbortController()
  setTimeout(offerAnew, goodFor, autofill)
  try {
    const { signal } = autofill
    const publicKey = foundFrom(options)
    send(await navigator.credentials.get({ publicKey, signal, mediation: 'conditional' }))
  } catch {
    // Nobody has asked for it, so there is nothing to say: the button is there.
  }
}

/** A browser goes on with the challenge that it was given until it is told to stop. */
async function offerAnew(offered: AbortController): Promise<void> {
  if (offered.signal.aborted || !(await renewChallenge())) return
  offered.abort()
  void offerInAutofill()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  void ask()
})
if (isKnown) {
  void offerInAutofill()
} else {
  button.hidden = true
  // Where it is one way among others, nobody needs to know.
  if (form.dataset['autofill'] === undefined) {
    say('This browser knows no passkeys. Use another way, or another browser.')
  }
}
